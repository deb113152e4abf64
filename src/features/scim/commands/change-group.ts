import {
  changeManagedGroup,
  changeManagedMembers,
  createManagedGroup,
  holdManagedGroup,
  removeManagedGroup,
} from '#features/roles/commands/managed-groups.ts';
import type { Provisioner } from '#platform/auth/provisioner.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound, preconditionFailed } from '#platform/errors.ts';
import type { GroupChange } from '../group-patch.ts';
import { findGroup, type GroupRow } from '../queries/groups.ts';
import { holdUsers } from '../queries/users.ts';
import { refusedAs } from '../scim-error.ts';
import { isVersion, versionOfGroup } from '../version.ts';

/** Which group, and the versions that the client means: null for any. */
export type Wanted = { id: string; versions: readonly string[] | null };

/** Makes a group of the connection's people. 400 for members that are none of them, 409 `name_taken`. */
export async function bringGroup(
  deps: Deps,
  { connectionId }: Provisioner,
  { displayName, externalId, added }: GroupChange & { displayName: string },
): Promise<GroupRow> {
  return inTransaction(deps.db, async (tx) => {
    const texts = { name: displayName, externalId: externalId ?? null };
    const group = await createManagedGroup(deps, tx, connectionId, texts);
    await checkMembers(tx, connectionId, added);
    await changeManagedMembers(deps, tx, group, { added: [...added] });
    return reread(tx, group);
  });
}

/** Changes a group and who is in it. Whoever is not of the connection's people is refused, 400. 404, 409, 412. */
export async function changeGroup(
  deps: Deps,
  { connectionId }: Provisioner,
  { id, versions }: Wanted,
  { displayName, externalId, added, removed, isWhole }: GroupChange,
): Promise<GroupRow> {
  return inTransaction(deps.db, async (tx) => {
    const before = await holdManagedGroup(tx, { connectionId, id });
    if (!isVersion(versions, versionOfGroup(before))) throw preconditionFailed();
    await checkMembers(tx, connectionId, added);
    const texts = {
      ...(displayName !== undefined && { name: displayName }),
      ...(externalId !== undefined && { externalId }),
    };
    await changeManagedGroup(deps, tx, before, texts);
    const change = { added: [...added], removed: [...removed], isWhole };
    await changeManagedMembers(deps, tx, before, change);
    return reread(tx, { connectionId, id });
  });
}

/** Deletes a group; its members stay. 404, 412. */
export async function removeGroup(
  deps: Deps,
  { connectionId }: Provisioner,
  { id, versions }: Wanted,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const before = await holdManagedGroup(tx, { connectionId, id });
    if (!isVersion(versions, versionOfGroup(before))) throw preconditionFailed();
    await removeManagedGroup(deps, tx, before);
  });
}

async function checkMembers(tx: Tx, connectionId: string, ids: ReadonlySet<string>): Promise<void> {
  if (ids.size === 0) return;
  const known = await holdUsers(tx, connectionId, [...ids]);
  const unknown = [...ids].find((id) => !known.has(id));
  if (unknown !== undefined)
    throw refusedAs('invalidValue', `This connection has no user ${unknown}, so none can be a member.`);
}

async function reread(tx: Tx, group: { connectionId: string; id: string }): Promise<GroupRow> {
  const row = await findGroup(tx, group);
  if (!row) throw notFound('Group');
  return row;
}
