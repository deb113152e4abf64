import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { deleteMembershipsOf, ofGroup, ofRole } from '../queries/members.ts';

/** A role or a group, and whom a directory outside made a member of it. */
export type GivenMembership = { id: string; userId: string };

// Of one statement: it takes 65,535 values.
const entriesAtOnce = 1_000;

/**
 * Takes from many people at once the roles and groups that a directory outside gave them. What is gone already is passed
 * over. As many statements for a thousand as for one.
 */
export async function takeMemberships(
  { audit }: Pick<Deps, 'audit'>,
  tx: Tx,
  { roles, groups }: { roles: readonly GivenMembership[]; groups: readonly GivenMembership[] },
): Promise<void> {
  const entry = (action: 'role.taken' | 'group_member.removed') => (taken: GivenMembership) => ({
    action,
    by: null,
    targetId: taken.id,
    personId: taken.userId,
  });
  const entries = [
    ...(roles.length > 0 ? await deleteMembershipsOf(tx, ofRole, roles) : []).map(entry('role.taken')),
    ...(groups.length > 0 ? await deleteMembershipsOf(tx, ofGroup, groups) : []).map(
      entry('group_member.removed'),
    ),
  ];
  for (let at = 0; at < entries.length; at += entriesAtOnce)
    await audit.record(tx, ...entries.slice(at, at + entriesAtOnce));
}
