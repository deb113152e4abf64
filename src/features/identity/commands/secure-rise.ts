import { hasPermission, type Permission } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { beginInvitationJob, tellEndedJob } from '../job-definitions.ts';
import { endChangesOf, holdRising, listPowers, type Rising } from '../queries/own-ways.ts';
import { updateUser } from '../queries/people.ts';
import { dropOthersWays } from './drop-ways.ts';

const sessionsAtOnce = 1_000;

/**
 * For people who get these permissions, in the same transaction: what opens their accounts and may be another's goes,
 * unless all who ever chose it may do the same. Else whoever manages people and may do little could give a student a
 * password, and wait until the student may do much. Nor can whoever had the address before take it back then. The person
 * is told, and asked by mail to choose a password.
 */
export async function secureRise(
  deps: Deps,
  tx: Tx,
  { userIds, gained }: { userIds: readonly string[]; gained: readonly Permission[] },
): Promise<void> {
  if (gained.length === 0 || userIds.length === 0) return;
  const doubtful = await listDoubtful(tx, userIds, gained);
  if (doubtful.length === 0) return;
  await endChangesOf(
    tx,
    doubtful.map(({ id }) => id),
    deps.clock.now(),
  );
  const ended: string[] = [];
  for (const { id } of doubtful.filter((each) => each.is_exposed)) {
    const dropped = await dropOthersWays(deps, tx, id, 'waysRemovedForRights');
    ended.push(...dropped.ended);
    if (dropped.hadPassword) await invite(deps, tx, id);
  }
  for (let at = 0; at < ended.length; at += sessionsAtOnce)
    await deps.jobs.enqueue(tx, tellEndedJob, { sessionIds: ended.slice(at, at + sessionsAtOnce) });
}

/** Those whose password or address somebody has chosen who may not do all this, or nobody knows who. */
async function listDoubtful(
  tx: Tx,
  userIds: readonly string[],
  gained: readonly Permission[],
): Promise<Rising[]> {
  const rising = await holdRising(tx, userIds);
  const others = [...new Set(rising.flatMap(({ chosen_by: by }) => by ?? []))];
  const powers = others.length === 0 ? [] : await listPowers(tx, others);
  const may = new Set(
    powers.filter((each) => gained.every((one) => hasPermission(each, one))).map(({ id }) => id),
  );
  return rising.filter(({ id, chosen_by: by }) => !by?.every((other) => other === id || may.has(other)));
}

async function invite(deps: Deps, tx: Tx, userId: string): Promise<void> {
  const now = deps.clock.now();
  await updateUser(tx, userId, { invited_at: now }, now);
  await deps.jobs.enqueue(tx, beginInvitationJob, { userId, tokenId: newId() });
}
