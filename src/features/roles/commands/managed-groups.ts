import { secureRise } from '#features/identity/commands/secure-rise.ts';
import type { AuditAction } from '#platform/audit/actions.ts';
import { changed } from '#platform/audit/audit.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { deleteGroup, insertGroup } from '../queries/groups.ts';
import {
  deleteManagedMemberships,
  deleteMembers,
  deleteOtherMembers,
  insertMembers,
  lockManagedGroup,
  markManaged,
  updateManagedGroup,
} from '../queries/managed-groups.ts';
import { listGiven } from '../queries/risen.ts';

/** A group that a directory keeps: who is in it, and what it is called, is changed by that alone. */
export type ManagedGroup = { connectionId: string; id: string };
type Texts = { name: string; externalId: string | null };
/** Who comes into it and who goes; `isWhole`: nobody else stays. */
export type MembersChange = {
  added: readonly string[];
  removed?: readonly string[];
  isWhole?: boolean;
};

// Of one statement: it takes 65,535 values.
const entriesAtOnce = 1_000;

/** Makes a group of a directory's. Throws 409 `name_taken`: nobody takes over a group that is there. */
export async function createManagedGroup(
  deps: Deps,
  tx: Tx,
  connectionId: string,
  { name, externalId }: Texts,
): Promise<ManagedGroup> {
  const id = newId();
  await insertGroup(tx, id, { name, description: '' }, deps.clock.now());
  await markManaged(tx, { id, connectionId, externalId });
  await deps.audit.record(tx, { action: 'group.created', targetId: id, after: { name } });
  return { id, connectionId };
}

/** The group as it is, held until the transaction ends. 404. */
export async function holdManagedGroup(
  tx: Tx,
  group: ManagedGroup,
): Promise<ManagedGroup & Texts & { version: number }> {
  const found = await lockManagedGroup(tx, group);
  if (!found) throw notFound('Group');
  return { ...group, name: found.name, externalId: found.external_id, version: found.version };
}

/** Calls it something else. 409 `name_taken`. */
export async function changeManagedGroup(
  deps: Deps,
  tx: Tx,
  before: ManagedGroup & Texts,
  { name, externalId }: Partial<Texts>,
): Promise<void> {
  const after = { name: name ?? before.name, externalId: externalId ?? before.externalId };
  const facts = changed({ name: before.name, externalId: before.externalId }, after);
  if (!facts) return;
  const fields = { name: after.name, external_id: after.externalId };
  await updateManagedGroup(tx, before.id, fields, deps.clock.now());
  await deps.audit.record(tx, { action: 'group.changed', targetId: before.id, ...facts });
}

/** Changes who is in it; people who are not there are the caller's to look for. Again is harmless. */
export async function changeManagedMembers(
  deps: Deps,
  tx: Tx,
  { id }: ManagedGroup,
  { added, removed = [], isWhole = false }: MembersChange,
): Promise<void> {
  const now = deps.clock.now();
  const others = isWhole ? await deleteOtherMembers(tx, id, added) : [];
  const taken = removed.length > 0 ? await deleteMembers(tx, id, removed) : [];
  const given = added.length > 0 ? await insertMembers(tx, id, added, now) : [];
  const gone = [...others, ...taken];
  if (gone.length + given.length === 0) return;
  await updateManagedGroup(tx, id, {}, now);
  await record(deps, tx, [
    ...gone.map((personId) => entry('group_member.removed', id, personId)),
    ...given.map((personId) => entry('group_member.added', id, personId)),
  ]);
  if (given.length === 0) return;
  await secureRise(deps, tx, { userIds: given, gained: await listGiven(tx, { groupIds: [id] }) });
}

/** Takes somebody out of all groups of the directory. */
export async function leaveManagedGroups(
  deps: Deps,
  tx: Tx,
  member: { connectionId: string; userId: string },
): Promise<void> {
  const left = await deleteManagedMemberships(tx, member);
  await record(
    deps,
    tx,
    left.map((id) => entry('group_member.removed', id, member.userId)),
  );
}

/** Deletes it; its members lose the roles that they had by it. */
export async function removeManagedGroup(
  deps: Deps,
  tx: Tx,
  { id, name }: ManagedGroup & Texts,
): Promise<void> {
  await deleteGroup(tx, id);
  await deps.audit.record(tx, { action: 'group.deleted', targetId: id, before: { name } });
}

function entry(action: AuditAction, targetId: string, personId: string) {
  return { action, targetId, personId };
}

async function record({ audit }: Deps, tx: Tx, entries: ReturnType<typeof entry>[]): Promise<void> {
  for (let at = 0; at < entries.length; at += entriesAtOnce)
    await audit.record(tx, ...entries.slice(at, at + entriesAtOnce));
}
