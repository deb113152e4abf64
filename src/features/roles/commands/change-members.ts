import type { AuditAction } from '#platform/audit/actions.ts';
import { secureRise } from '#features/identity/commands/secure-rise.ts';
import type { Actor, Permission } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { refusalOfManaged, refusalOfRoles } from '../policy.ts';
import { deleteGroupRole, insertGroupRole, lockGroup, lockRolesOfGroup } from '../queries/groups.ts';
import { deleteMember, insertMember, ofGroup, ofRole, type Membership } from '../queries/members.ts';
import { listMemberIds } from '../queries/risen.ts';
import { lockRole } from '../queries/roles.ts';

type Member = { id: string; userId: string };

/** Gives a person a role. Again is harmless. 403 `permission_not_held`, 404. */
export async function giveRole(deps: Deps, actor: Actor, member: Member): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const gained = await requireRole(tx, actor, member.id);
    await add(deps, tx, { membership: ofRole, action: 'role.given', gained }, member);
  });
}

/** Takes a role from a person. 403 `permission_not_held`, 404. */
export async function takeRole(deps: Deps, actor: Actor, member: Member): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await requireRole(tx, actor, member.id);
    if (!(await deleteMember(tx, ofRole, member))) throw notFound('Member');
    await deps.audit.record(tx, { action: 'role.taken', ...targetOf(member) });
  });
}

/** Puts a person into a group, with its roles. Again is harmless. 403 `permission_not_held`, 404, 409 `group_managed`. */
export async function addToGroup(deps: Deps, actor: Actor, member: Member): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const gained = await requireGroup(tx, actor, member.id);
    await add(deps, tx, { membership: ofGroup, action: 'group_member.added', gained }, member);
  });
}

/** Takes a person out of a group. 403 `permission_not_held`, 404, 409 `group_managed`. */
export async function removeFromGroup(deps: Deps, actor: Actor, member: Member): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await requireGroup(tx, actor, member.id);
    if (!(await deleteMember(tx, ofGroup, member))) throw notFound('Member');
    await deps.audit.record(tx, { action: 'group_member.removed', ...targetOf(member) });
  });
}

type Given = { id: string; roleId: string };

/** Gives all members of a group a role. Again is harmless. 403 `permission_not_held`, 404. */
export async function giveRoleToGroup(deps: Deps, actor: Actor, { id, roleId }: Given): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    if (!(await lockGroup(tx, id))) throw notFound('Group');
    const gained = await requireRole(tx, actor, roleId);
    if (!(await insertGroupRole(tx, id, roleId, deps.clock.now()))) return;
    await deps.audit.record(tx, { action: 'group_role.given', targetId: id, after: { roleId } });
    await secureRise(deps, tx, { userIds: await listMemberIds(tx, id), gained });
  });
}

/** Takes a role from all members of a group. 403 `permission_not_held`, 404. */
export async function takeRoleFromGroup(deps: Deps, actor: Actor, { id, roleId }: Given): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    if (!(await lockGroup(tx, id))) throw notFound('Group');
    await requireRole(tx, actor, roleId);
    if (!(await deleteGroupRole(tx, id, roleId))) throw notFound('Role of the group');
    await deps.audit.record(tx, { action: 'group_role.taken', targetId: id, before: { roleId } });
  });
}

/** What the role gives. */
async function requireRole(tx: Tx, actor: Actor, id: string): Promise<readonly Permission[]> {
  const role = await lockRole(tx, id);
  if (!role) throw notFound('Role');
  const refusal = refusalOfRoles(actor, [role]);
  if (refusal) throw refusal;
  return role.permissions;
}

/** What its members may do for being in it. */
async function requireGroup(tx: Tx, actor: Actor, id: string): Promise<readonly Permission[]> {
  const group = await lockGroup(tx, id);
  if (!group) throw notFound('Group');
  const roles = await lockRolesOfGroup(tx, id);
  const refusal = refusalOfRoles(actor, roles) ?? refusalOfManaged(group);
  if (refusal) throw refusal;
  return roles.flatMap(({ permissions }) => permissions);
}

type Joining = { membership: Membership; action: AuditAction; gained: readonly Permission[] };

async function add(
  deps: Deps,
  tx: Tx,
  { membership, action, gained }: Joining,
  member: Member,
): Promise<void> {
  const isNew = await insertMember(tx, membership, { ...member, now: deps.clock.now() });
  if (isNew === undefined) throw notFound('User');
  if (!isNew) return;
  await deps.audit.record(tx, { action, ...targetOf(member) });
  await secureRise(deps, tx, { userIds: [member.userId], gained });
}

function targetOf({ id, userId }: Member): { targetId: string; personId: string } {
  return { targetId: id, personId: userId };
}
