import { secureRise } from '#features/identity/commands/secure-rise.ts';
import { refusalOfGiving } from '#features/identity/policy.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import type { Reason } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { refusalOfManaged, refusalOfRoles } from '../policy.ts';
import { insertGroup } from '../queries/groups.ts';
import { listGiven } from '../queries/risen.ts';
import { insertMemberPairs, listMemberPairs, lockGroupsNamed, type Pair } from '../queries/importing.ts';

/** A group that a file names: there, or to be made. `refusal`: why the actor may put nobody into it. */
export type NamedGroup = { id: string; name: string; isNew: boolean; refusal: Reason[] };
/** By names in lower case. */
export type NamedGroups = ReadonlyMap<string, NamedGroup>;

/** Finds groups by name without regard to case; those that are there are locked until the transaction ends. */
export async function planGroups(tx: Tx, actor: Actor, names: Iterable<string>): Promise<NamedGroups> {
  const wanted = new Map(Array.from(names, (name) => [groupKeyOf(name), name]));
  if (wanted.size === 0) return new Map();
  const general = reasonsOf(refusalOfGiving(actor, ['groups.manage']));
  const found = new Map((await lockGroupsNamed(tx, [...wanted.keys()])).map((each) => [each.name_key, each]));
  return new Map(
    Array.from(wanted, ([key, name]) => {
      const group = found.get(key);
      const refusal =
        general.length > 0 || !group
          ? general
          : [...reasonsOf(refusalOfRoles(actor, [group])), ...managedReason(group)];
      return [key, { id: group?.id ?? newId(), name, isNew: !group, refusal }];
    }),
  );
}

type Joining = { actor: Actor; groups: NamedGroups; pairs: readonly Pair[]; isDryRun: boolean };

/** Puts people into groups, making those that are new. Returns the pairs that are new, in a dry run those that would be. */
export async function joinGroups(
  deps: Deps,
  tx: Tx,
  { actor, groups, pairs, isDryRun }: Joining,
): Promise<Pair[]> {
  if (pairs.length === 0) return [];
  const known = new Set((await listMemberPairs(tx, pairs)).map(textOf));
  const fresh = pairs.filter((pair) => !known.has(textOf(pair)));
  if (isDryRun) return fresh;
  const by = { userId: actor.userId };
  const used = new Set(fresh.map(({ groupId }) => groupId));
  for (const { id, name, isNew } of groups.values()) {
    if (!isNew || !used.has(id)) continue;
    await insertGroup(tx, id, { name, description: '' }, deps.clock.now());
    await deps.audit.record(tx, { action: 'group.created', by, targetId: id, after: { name } });
  }
  await insertMemberPairs(tx, fresh, deps.clock.now());
  await deps.audit.record(
    tx,
    ...fresh.map(({ groupId, userId }) => ({
      action: 'group_member.added' as const,
      by,
      targetId: groupId,
      personId: userId,
    })),
  );
  await secureJoiners(deps, tx, fresh);
  return fresh;
}

// Each group by itself: what one gives is nothing to who joins another.
async function secureJoiners(deps: Deps, tx: Tx, pairs: readonly Pair[]): Promise<void> {
  for (const groupId of new Set(pairs.map((each) => each.groupId))) {
    const userIds = pairs.filter((each) => each.groupId === groupId).map(({ userId }) => userId);
    await secureRise(deps, tx, { userIds, gained: await listGiven(tx, { groupIds: [groupId] }) });
  }
}

export function groupKeyOf(name: string): string {
  return name.toLowerCase();
}

function textOf({ groupId, userId }: Pair): string {
  return `${groupId} ${userId}`;
}

function reasonsOf(refusal: { errors: readonly Reason[] } | undefined): Reason[] {
  return (refusal?.errors ?? []).map((reason) => ({ ...reason, path: 'groups' }));
}

function managedReason(group: Parameters<typeof refusalOfManaged>[0]): Reason[] {
  const refusal = refusalOfManaged(group);
  return refusal ? [{ path: 'groups', code: refusal.code, message: refusal.message }] : [];
}
