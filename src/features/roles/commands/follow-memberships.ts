import { secureRise } from '#features/identity/commands/secure-rise.ts';
import type { AuditAction } from '#platform/audit/actions.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import {
  deleteMemberships,
  insertMemberships,
  ofGroup,
  ofRole,
  type Membership,
} from '../queries/members.ts';
import { listGiven } from '../queries/risen.ts';

const actionsOf = {
  custom_role_member: ['role.given', 'role.taken'],
  user_group_member: ['group_member.added', 'group_member.removed'],
} as const;

/** `given`: what this directory gave before. */
type Followed = { wanted: readonly string[]; given: readonly string[] };

/**
 * Gives a person the roles and groups that a directory outside says they have, and takes those that it gave and no longer
 * says. Those that somebody gave by hand stay. What is gone here is passed over. Returns what the directory has given now.
 */
export async function followMemberships(
  deps: Deps,
  tx: Tx,
  { userId, roles, groups }: { userId: string; roles: Followed; groups: Followed },
): Promise<{ roles: string[]; groups: string[] }> {
  const { clock, audit } = deps;
  const isNew: Record<Membership['of'], string[]> = { role_id: [], group_id: [] };
  const follow = async (membership: Membership, { wanted, given }: Followed): Promise<string[]> => {
    const added =
      wanted.length === 0
        ? []
        : await insertMemberships(tx, membership, { userId, ids: wanted, now: clock.now() });
    isNew[membership.of] = added;
    const taken = given.filter((id) => !wanted.includes(id));
    if (taken.length > 0) await deleteMemberships(tx, membership, { userId, ids: taken });
    const [gave, took] = actionsOf[membership.table];
    const entry = (action: AuditAction) => (targetId: string) => ({
      action,
      by: null,
      targetId,
      personId: userId,
    });
    await audit.record(tx, ...added.map(entry(gave)), ...taken.map(entry(took)));
    return [...new Set([...added, ...given.filter((id) => wanted.includes(id))])];
  };
  const followed = { roles: await follow(ofRole, roles), groups: await follow(ofGroup, groups) };
  const gained = await listGiven(tx, { roleIds: isNew.role_id, groupIds: isNew.group_id });
  await secureRise(deps, tx, { userIds: [userId], gained });
  return followed;
}
