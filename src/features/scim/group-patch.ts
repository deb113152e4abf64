import { isUuid } from '#platform/ids.ts';
import { readPath, verbOf, type SentOperation } from './patch.ts';
import { refusedAs } from './scim-error.ts';
import { groupUrn } from './user-shape.ts';

export const maxMembers = 10_000;

/** What a PATCH makes of a group. Who is in it is never read for it. */
export type GroupChange = {
  displayName?: string;
  externalId?: string;
  added: Set<string>;
  removed: Set<string>;
  /** Nobody but those who are added stays. */
  isWhole: boolean;
};

/** What all operations come to, one after the other. */
export function readGroupPatch(operations: readonly SentOperation[]): GroupChange {
  const change: GroupChange = { added: new Set(), removed: new Set(), isWhole: false };
  for (const sent of operations) {
    const op = verbOf(sent);
    const { path, value } = sent;
    if (path !== undefined && path.trim() !== '') note(change, op, path, value);
    else noteAll(change, op, value);
  }
  return change;
}

type Verb = ReturnType<typeof verbOf>;

function noteAll(change: GroupChange, op: Verb, value: unknown): void {
  if (op === 'remove') throw refusedAs('noTarget', 'To remove something takes a path.');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refusedAs('invalidValue', 'Without a path, the value is an object of attributes.');
  // Okta says the group's own id, too.
  for (const [name, each] of Object.entries(value))
    if (!/^(?:id|schemas|meta)$/i.test(name)) note(change, op, name, each);
}

function note(change: GroupChange, op: Verb, given: string, value: unknown): void {
  const path = given.toLowerCase().startsWith(`${groupUrn.toLowerCase()}:`)
    ? given.slice(groupUrn.length + 1)
    : given;
  if (/^urn:/i.test(path)) return;
  const { attribute, filter, part } = readPath(path);
  switch (attribute.toLowerCase()) {
    case 'members':
      if (part !== undefined) throw refusedAs('invalidPath', 'Members have no parts that can be changed.');
      return noteMembers(change, op, filter ? [filter.value] : value);
    case 'displayname':
      if (op === 'remove') throw refusedAs('invalidValue', 'A group has a displayName.');
      change.displayName = nameOf(value);
      return undefined;
    case 'externalid':
      if (op !== 'remove') change.externalId = externalIdOf(value);
      return undefined;
    case 'id':
    case 'meta':
      throw refusedAs('mutability', `${attribute} is not for clients to change.`);
    default:
      throw refusedAs('invalidPath', `A group has no ${attribute}.`);
  }
}

function noteMembers(change: GroupChange, op: Verb, value: unknown): void {
  const isAll = value === undefined || value === null;
  const ids = isAll ? [] : membersOf(value);
  if (op === 'replace' || (op === 'remove' && isAll)) {
    change.isWhole = true;
    change.added = new Set(ids);
    change.removed = new Set();
    return;
  }
  const [into, from] = op === 'add' ? [change.added, change.removed] : [change.removed, change.added];
  for (const id of ids) {
    from.delete(id);
    into.add(id);
  }
  if (change.added.size + change.removed.size > maxMembers) throw tooMany();
}

/** Ids of `[{value}]`, one such, or texts. 400 for what is no id, and for more than `maxMembers`. */
function membersOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > maxMembers) throw tooMany();
  return list.map((each) => {
    const id = typeof each === 'string' ? each : (each as { value?: unknown } | null)?.value;
    if (typeof id !== 'string' || !isUuid(id))
      throw refusedAs('invalidValue', 'A member is {"value": "<id>"}.');
    return id.toLowerCase();
  });
}

/** 400 `invalidValue` for what is no name. */
function nameOf(value: unknown): string {
  const name = typeof value === 'string' ? value.normalize('NFKC').trim() : '';
  if (name === '' || name.length > 200 || /\p{Cc}/u.test(name))
    throw refusedAs('invalidValue', 'displayName is a text of 1 to 200 characters on one line.');
  return name;
}

function externalIdOf(value: unknown): string {
  if (typeof value !== 'string' || value === '' || value.length > 300)
    throw refusedAs('invalidValue', 'externalId is a text of 1 to 300 characters.');
  return value;
}

function tooMany() {
  return refusedAs('tooMany', `No more than ${maxMembers} members at once.`);
}

/** A group as a POST or PUT says it. 400 `invalidValue` for what cannot be kept. */
export function readGroup(input: object): GroupChange & { displayName: string } {
  const said = new Map(Object.entries(input).map(([name, value]) => [name.toLowerCase(), value as unknown]));
  const externalId = said.get('externalid') ?? undefined;
  const members = said.get('members') ?? [];
  return {
    displayName: nameOf(said.get('displayname')),
    ...(externalId !== undefined && { externalId: externalIdOf(externalId) }),
    added: new Set(membersOf(members)),
    removed: new Set(),
    isWhole: false,
  };
}
