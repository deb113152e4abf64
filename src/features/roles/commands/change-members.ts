import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { refusalOfRoles } from '../policy.ts';
import { deleteGroupRole, insertGroupRole, lockGroup, lockRolesOfGroup } from '../queries/groups.ts';
import { deleteMember, insertMember, ofGroup, ofRole, type Membership } from '../queries/members.ts';
import { lockRole } from '../queries/roles.ts';

type Member = { id: string; userId: string };

/** Gives a person a role. Again is harmless. 403 `permission_not_held`, 404. */
export async function giveRole(deps: Deps, actor: Actor, member: Member): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await requireRole(tx, actor, member.id);
    await add(deps, tx, ofRole, member);
  });
}

/** Takes a role from a person. 403 `permission_not_held`, 404. */
export async function takeRole(deps: Deps, actor: Actor, member: Member): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await requireRole(tx, actor, member.id);
    if (!(await deleteMember(tx, ofRole, member))) throw notFound('Member');
  });
}

/** Puts a person into a group, with its roles. Again is harmless. 403 `permission_not_held`, 404. */
export async function addToGroup(deps: Deps, actor: Actor, member: Member): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await requireGroup(tx, actor, member.id);
    await add(deps, tx, ofGroup, member);
  });
}

/** Takes a person out of a group. 403 `permission_not_held`, 404. */
export async function removeFromGroup(deps: Deps, actor: Actor, member: Member): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await requireGroup(tx, actor, member.id);
    if (!(await deleteMember(tx, ofGroup, member))) throw notFound('Member');
  });
}

type Given = { id: string; roleId: string };

/** Gives all members of a group a role. Again is harmless. 403 `permission_not_held`, 404. */
export async function giveRoleToGroup(deps: Deps, actor: Actor, { id, roleId }: Given): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    if (!(await lockGroup(tx, id))) throw notFound('Group');
    await requireRole(tx, actor, roleId);
    await insertGroupRole(tx, id, roleId, deps.clock.now());
  });
}

/** Takes a role from all members of a group. 403 `permission_not_held`, 404. */
export async function takeRoleFromGroup(deps: Deps, actor: Actor, { id, roleId }: Given): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    if (!(await lockGroup(tx, id))) throw notFound('Group');
    await requireRole(tx, actor, roleId);
    if (!(await deleteGroupRole(tx, id, roleId))) throw notFound('Role of the group');
  });
}

async function requireRole(tx: Tx, actor: Actor, id: string): Promise<void> {
  const role = await lockRole(tx, id);
  if (!role) throw notFound('Role');
  const refusal = refusalOfRoles(actor, [role]);
  if (refusal) throw refusal;
}

async function requireGroup(tx: Tx, actor: Actor, id: string): Promise<void> {
  if (!(await lockGroup(tx, id))) throw notFound('Group');
  const refusal = refusalOfRoles(actor, await lockRolesOfGroup(tx, id));
  if (refusal) throw refusal;
}

async function add(deps: Deps, tx: Tx, membership: Membership, member: Member): Promise<void> {
  const isThere = await insertMember(tx, membership, { ...member, now: deps.clock.now() });
  if (!isThere) throw notFound('User');
}
