import { AppError } from '#platform/errors.ts';
import { refusedAs } from './scim-error.ts';
import { patchUser, userUrn, type Operation, type UserResource } from './user-shape.ts';

/** An operation of a PATCH as it was sent. */
export type SentOperation = { op: string; path?: string | undefined; value?: unknown };

/** `attribute`, `attribute.part`, and `attribute[part eq "value"].part`: what directories send. */
const pathPattern =
  /^([a-z$][a-z0-9$_-]{0,60})(?:\[(type|primary|value|display) eq (?:"([^"\\[\]\p{Cc}]{0,300})"|(true|false))\])?(?:\.([a-z$][a-z0-9$_-]{0,60}))?$/iu;
/** More are nobody's: each costs what scimmy takes to make the user anew. */
const maxValues = 100;
const kept = new Set([
  'username',
  'externalid',
  'name',
  'displayname',
  'preferredlanguage',
  'active',
  'emails',
]);
/** The rest of a user in RFC 7643: taken and not kept, as directories send what they have. */
const passedOver = new Set([
  'nickname',
  'profileurl',
  'title',
  'usertype',
  'locale',
  'timezone',
  'password',
  'phonenumbers',
  'ims',
  'photos',
  'addresses',
  'entitlements',
  'roles',
  'x509certificates',
]);

export type Path = {
  attribute: string;
  filter?: { by: string; value: string | boolean };
  part?: string;
};

/** 400 `invalidPath` for what is none. */
export function readPath(path: string): Path {
  const [, attribute, by, text, flag, part] = pathPattern.exec(path.trim()) ?? [];
  if (attribute === undefined) throw refusedAs('invalidPath', `The path ${path.slice(0, 200)} is none.`);
  return {
    attribute,
    ...(by !== undefined && { filter: { by, value: text ?? flag?.toLowerCase() === 'true' } }),
    ...(part !== undefined && { part }),
  };
}

/** `Replace` as Entra writes it. 400 `invalidSyntax` for what is none. */
export function verbOf({ op }: SentOperation): Operation['op'] {
  const verb = op.toLowerCase();
  if (verb === 'add' || verb === 'remove' || verb === 'replace') return verb;
  throw refusedAs('invalidSyntax', 'An operation is add, remove or replace.');
}

/** The user after all changes, one after the other. */
export async function applyOperations(
  user: UserResource,
  operations: readonly SentOperation[],
): Promise<UserResource> {
  const changes = operations.flatMap(changesOf);
  if (changes.length > maxValues) throw tooMany();
  let after = user;
  for (const change of changes) after = await apply(after, change);
  return after;
}

/** Of an operation without a path one for each of its attributes, and nothing of attributes that are not kept. */
function changesOf(sent: SentOperation): Operation[] {
  const op = verbOf(sent);
  const { path, value } = sent;
  if (path !== undefined && path.trim() !== '') return changeOf(op, path, value);
  if (op === 'remove') throw refusedAs('noTarget', 'To remove something takes a path.');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refusedAs('invalidValue', 'Without a path, the value is an object of attributes.');
  return Object.entries(value).flatMap(([name, each]) => changeOf(op, name, each));
}

function changeOf(op: Operation['op'], given: string, value: unknown): Operation[] {
  const path = given.toLowerCase().startsWith(`${userUrn.toLowerCase()}:`)
    ? given.slice(userUrn.length + 1)
    : given;
  // Extensions, such as that of enterprises.
  if (/^urn:/i.test(path)) return [];
  const { attribute } = readPath(path);
  const name = attribute.toLowerCase();
  if (passedOver.has(name) || name === 'schemas') return [];
  if (['id', 'meta', 'groups'].includes(name))
    throw refusedAs('mutability', `${attribute} is not for clients to change.`);
  if (!kept.has(name)) throw refusedAs('invalidPath', `A user has no ${attribute}.`);
  if (op === 'remove') return [removalOf(path, value)];
  return [{ op, path, value: withFlags(value, name === 'active') }];
}

// scimmy would build a filter of the value, and read it with a parser that no stranger's text must reach.
function removalOf(path: string, value: unknown): Operation {
  if (value !== undefined && value !== null)
    throw refusedAs('invalidValue', 'What is removed is said by the path.');
  return { op: 'remove', path };
}

async function apply(user: UserResource, change: Operation): Promise<UserResource> {
  try {
    return await patchUser(user, change);
  } catch (error) {
    const made = isWithoutTarget(error) ? madeBy(change) : undefined;
    if (!made) throw error;
    return patchUser(user, made);
  }
}

function isWithoutTarget(error: unknown): boolean {
  return error instanceof AppError && error.errors[0]?.code === 'noTarget';
}

// Entra sets `emails[type eq "work"].value` also of somebody who has no such address yet.
function madeBy({ path = '', value }: Operation): Operation | undefined {
  const { attribute, filter, part } = readPath(path);
  if (!filter || part === undefined) return undefined;
  return { op: 'add', path: attribute, value: [{ [filter.by]: filter.value, [part]: value }] };
}

/** `"True"` and `"False"` as what they mean, where a flag belongs: itself, or a field called `active` or `primary`. */
export function withFlags(value: unknown, isFlag = false): unknown {
  if (typeof value === 'string') return isFlag ? flagOf(value) : value;
  if (Array.isArray(value)) {
    if (value.length > maxValues) throw tooMany();
    return value.map((each) => withFlags(each));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, withFlags(each, /^(?:active|primary)$/i.test(name))]),
  );
}

function flagOf(text: string): unknown {
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : text;
}

function tooMany(): AppError {
  return refusedAs('tooMany', `A user has no more than ${maxValues} values or changes at once.`);
}
