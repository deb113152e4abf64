import { secureRise } from '#features/identity/commands/secure-rise.ts';
import { changed, type Facts } from '#platform/audit/audit.ts';
import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { newId } from '#platform/ids.ts';
import { refusalOfRole } from '../policy.ts';
import { listHolderIds } from '../queries/risen.ts';
import { deleteRole, findRole, insertRole, lockRole, updateRole, type RoleRow } from '../queries/roles.ts';
import type { NewRoleInput, RolePatch } from '../schemas.ts';

/** Makes a role. 403 `permission_not_held`, 409 `name_taken`. */
export async function createRole(deps: Deps, actor: Actor, input: NewRoleInput): Promise<RoleRow> {
  const { name, description = '', permissions } = input;
  const refusal = refusalOfRole(actor, { before: [], after: permissions });
  if (refusal) throw refusal;
  const id = newId();
  return inTransaction(deps.db, async (tx) => {
    await insertRole(tx, id, { name: name.trim(), description, permissions }, deps.clock.now());
    const made = await reread(tx, id);
    await deps.audit.record(tx, { action: 'role.created', targetId: id, after: factsOf(made) });
    return made;
  });
}

/** Changes a role; who has it can do the new from their next request on. 403 `permission_not_held`, 404, 409, 412. */
export async function changeRole(
  deps: Deps,
  actor: Actor,
  id: string,
  { patch, versions }: { patch: RolePatch; versions: number[] | null },
): Promise<RoleRow> {
  return inTransaction(deps.db, async (tx) => {
    const role = await lockRole(tx, id);
    if (!role) throw notFound('Role');
    requireVersion(versions, role.version);
    const { name, description, permissions } = patch;
    const refusal = permissions && refusalOfRole(actor, { before: role.permissions, after: permissions });
    if (refusal) throw refusal;
    const change = {
      ...(name !== undefined && { name: name.trim() }),
      ...(description !== undefined && { description }),
      ...(permissions && { permissions }),
    };
    await updateRole(tx, id, change, deps.clock.now());
    const after = await reread(tx, id);
    const facts = changed(factsOf(role), factsOf(after));
    if (facts) await deps.audit.record(tx, { action: 'role.changed', targetId: id, ...facts });
    const gained = after.permissions.filter((each) => !role.permissions.includes(each));
    if (gained.length > 0) await secureRise(deps, tx, { userIds: await listHolderIds(tx, id), gained });
    return after;
  });
}

/** Takes the role from everybody, and deletes it. 403 `permission_not_held`, 404, 412. */
export async function removeRole(
  deps: Deps,
  actor: Actor,
  id: string,
  versions: number[] | null,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const role = await lockRole(tx, id);
    if (!role) throw notFound('Role');
    requireVersion(versions, role.version);
    const refusal = refusalOfRole(actor, { before: role.permissions, after: [] });
    if (refusal) throw refusal;
    await deleteRole(tx, id);
    await deps.audit.record(tx, { action: 'role.deleted', targetId: id, before: factsOf(role) });
  });
}

function factsOf({ name, description, permissions }: RoleRow): Facts {
  return { name, description, permissions };
}

async function reread(tx: Parameters<typeof lockRole>[0], id: string): Promise<RoleRow> {
  const role = await findRole(tx, id);
  if (!role) throw notFound('Role');
  return role;
}
