import { changed, type Facts } from '#platform/audit/audit.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { newId } from '#platform/ids.ts';
import { refusalOfManaged, refusalOfRoles } from '../policy.ts';
import {
  deleteGroup,
  findGroup,
  insertGroup,
  lockGroup,
  lockRolesOfGroup,
  updateGroup,
  type GroupRow,
} from '../queries/groups.ts';
import type { GroupPatch, NewGroupInput } from '../schemas.ts';

/** Makes a group without members and roles. 409 `name_taken`. */
export async function createGroup(deps: Deps, { name, description = '' }: NewGroupInput): Promise<GroupRow> {
  const id = newId();
  return inTransaction(deps.db, async (tx) => {
    await insertGroup(tx, id, { name: name.trim(), description }, deps.clock.now());
    const made = await reread(tx, id);
    await deps.audit.record(tx, { action: 'group.created', targetId: id, after: factsOf(made) });
    return made;
  });
}

/** Changes a group's name or description. 404, 409 `name_taken` and `group_managed`, 412. */
export async function changeGroup(
  deps: Deps,
  id: string,
  { patch, versions }: { patch: GroupPatch; versions: number[] | null },
): Promise<GroupRow> {
  const { name, description } = patch;
  const change = {
    ...(name !== undefined && { name: name.trim() }),
    ...(description !== undefined && { description }),
  };
  return inTransaction(deps.db, async (tx) => {
    const group = await lockGroup(tx, id);
    if (!group) throw notFound('Group');
    requireVersion(versions, group.version);
    const refusal = name === undefined ? undefined : refusalOfManaged(group);
    if (refusal) throw refusal;
    await updateGroup(tx, id, change, deps.clock.now());
    const after = await reread(tx, id);
    const facts = changed(factsOf(group), factsOf(after));
    if (facts) await deps.audit.record(tx, { action: 'group.changed', targetId: id, ...facts });
    return after;
  });
}

/** Deletes a group; its members lose the roles that they had by it. 403 `permission_not_held`, 404, 409 `group_managed`, 412. */
export async function removeGroup(
  deps: Deps,
  actor: Actor,
  id: string,
  versions: number[] | null,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const group = await lockGroup(tx, id);
    if (!group) throw notFound('Group');
    requireVersion(versions, group.version);
    const refusal = refusalOfRoles(actor, await lockRolesOfGroup(tx, id)) ?? refusalOfManaged(group);
    if (refusal) throw refusal;
    await deleteGroup(tx, id);
    await deps.audit.record(tx, { action: 'group.deleted', targetId: id, before: factsOf(group) });
  });
}

function factsOf({ name, description }: GroupRow): Facts {
  return { name, description };
}

async function reread(tx: Tx, id: string): Promise<GroupRow> {
  const group = await findGroup(tx, id);
  if (!group) throw notFound('Group');
  return group;
}
