import { followRole } from '#features/identity/commands/external-accounts.ts';
import { followMemberships } from '#features/roles/commands/follow-memberships.ts';
import type { Role } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import type { Given, IdentityRow } from '../queries/identities.ts';
import type { GroupMapping, ProviderRow } from '../queries/providers.ts';
import { findRoleOf } from '../queries/identities.ts';

const ranks: Readonly<Record<Role, number>> = { student: 0, instructor: 1, admin: 2 };

type Following = {
  identity: IdentityRow;
  provider: Pick<ProviderRow, 'group_mappings'>;
  groups: readonly string[];
};

/**
 * Gives what the person's groups at the provider are here, and takes what they no longer are. What somebody gave by hand
 * stays: only what a sign-in gave is taken. Returns what sign-ins have given by now.
 */
export async function followGroups(
  deps: Deps,
  tx: Tx,
  { identity, provider, groups }: Following,
): Promise<Given> {
  const held = provider.group_mappings.filter(({ value }) => groups.includes(value));
  const memberships = await followMemberships(deps, tx, {
    userId: identity.user_id,
    roles: { wanted: idsOf(held, 'customRoleId'), given: identity.given_role_ids },
    groups: { wanted: idsOf(held, 'groupId'), given: identity.given_group_ids },
  });
  const role = await followMappedRole(deps, tx, identity, highestRole(held));
  return { ...role, given_role_ids: memberships.roles, given_group_ids: memberships.groups };
}

/** Takes what sign-ins by a link gave, as if the person were of no group any more. */
export async function takeGiven(deps: Deps, tx: Tx, identity: IdentityRow): Promise<void> {
  await followGroups(deps, tx, { identity, provider: { group_mappings: [] }, groups: [] });
}

async function followMappedRole(
  deps: Deps,
  tx: Tx,
  { user_id: userId, given_role: givenRole, role_before: roleBefore }: IdentityRow,
  wanted: Role | undefined,
): Promise<Pick<Given, 'given_role' | 'role_before'>> {
  const unchanged = { given_role: givenRole, role_before: roleBefore };
  if (wanted === undefined && givenRole === null) return unchanged;
  const current = await findRoleOf(tx, userId);
  // Somebody has changed it by hand since: that counts from now on.
  const own = givenRole !== null && current === givenRole ? (roleBefore ?? 'student') : current;
  const target = wanted !== undefined && ranks[wanted] > ranks[own] ? wanted : own;
  if (target !== current && !(await followRole(deps, tx, { userId, role: target }))) return unchanged;
  return target === own ? { given_role: null, role_before: null } : { given_role: target, role_before: own };
}

function highestRole(mappings: readonly GroupMapping[]): Role | undefined {
  return mappings
    .map(({ role }) => role)
    .filter((role) => role !== undefined)
    .toSorted((a, b) => ranks[b] - ranks[a])[0];
}

function idsOf(mappings: readonly GroupMapping[], field: 'customRoleId' | 'groupId'): string[] {
  return mappings.map((each) => each[field]).filter((each) => each !== undefined);
}
