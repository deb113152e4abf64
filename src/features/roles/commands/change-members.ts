import type { AuditAction } from '#platform/audit/actions.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { refusalOfManaged, refusalOfRoles } from '../policy.ts';
import { deleteGroupRole, insertGroupRole, lockGroup, lockRolesOfGroup } from '../queries/groups.ts';
import { deleteMember, insertMember, ofGroup, ofRole, type Membership } from '../queries/members.ts';
import { lockRole } from '../queries/roles.ts';

type Member = { id: string; userId: string };

/** Gives a person a role. Again is harmless. 403 `permission_not_held`, 404. */
export async function giveRole(deps: Deps, actor: Actor, member: Member): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await requireRole(tx, actor, member.id);
    await add(deps, tx, { membership: ofRole, action: 'role.given' }, member);
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
    await requireGroup(tx, actor, member.id);
    await add(deps, tx, { membership: ofGroup, action: 'group_member.added' }, member);
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
    await requireRole(tx, actor, roleId);
    if (!(await insertGroupRole(tx, id, roleId, deps.clock.now()))) return;
    await deps.audit.record(tx, { action: 'group_role.given', targetId: id, after: { roleId } });
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

async function requireRole(tx: Tx, actor: Actor, id: string): Promise<void> {
  const role = await lockRole(tx, id);
  if (!role) throw notFound('Role');
  const refusal = refusalOfRoles(actor, [role]);
  if (refusal) throw refusal;
}

async function requireGroup(tx: Tx, actor: Actor, id: string): Promise<void> {
  const group = await lockGroup(tx, id);
  if (!group) throw notFound('Group');
  const refusal = refusalOfRoles(actor, await lockRolesOfGroup(tx, id)) ?? refusalOfManaged(group);
  if (refusal) throw refusal;
}

async function add(
  { audit, clock }: Deps,
  tx: Tx,
  { membership, action }: { membership: Membership; action: AuditAction },
  member: Member,
): Promise<void> {
  const isNew = await insertMember(tx, membership, { ...member, now: clock.now() });
  if (isNew === undefined) throw notFound('User');
  if (isNew) await audit.record(tx, { action, ...targetOf(member) });
}

function targetOf({ id, userId }: Member): { targetId: string; personId: string } {
  return { targetId: id, personId: userId };
}
