import { hasPermission, type Permission } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { beginInvitationJob, tellEndedJob } from '../job-definitions.ts';
import { listExposed, listPowers } from '../queries/own-ways.ts';
import { updateUser } from '../queries/people.ts';
import { dropOthersWays } from './drop-ways.ts';

const sessionsAtOnce = 1_000;

/**
 * For people who get these permissions, in the same transaction: what opens their accounts and may be another's goes,
 * unless all who ever chose it may do the same. Else whoever manages people and may do little could give a student a
 * password, and wait until the student may do much. The person is told, and asked by mail to choose a password.
 */
export async function secureRise(
  deps: Deps,
  tx: Tx,
  { userIds, gained }: { userIds: readonly string[]; gained: readonly Permission[] },
): Promise<void> {
  if (gained.length === 0 || userIds.length === 0) return;
  const exposed = await listExposed(tx, userIds);
  if (exposed.length === 0) return;
  const others = [...new Set(exposed.flatMap(({ chosen_by: by }) => by ?? []))];
  const powers = new Map((await listPowers(tx, others)).map((each) => [each.id, each]));
  const mayToo = (id: string) => {
    const other = powers.get(id);
    return other !== undefined && gained.every((permission) => hasPermission(other, permission));
  };
  const ended: string[] = [];
  for (const { id, chosen_by: by } of exposed) {
    if (by?.every((other) => other === id || mayToo(other)) === true) continue;
    const dropped = await dropOthersWays(deps, tx, id, 'waysRemovedForRights');
    ended.push(...dropped.ended);
    if (dropped.hadPassword) await invite(deps, tx, id);
  }
  for (let at = 0; at < ended.length; at += sessionsAtOnce)
    await deps.jobs.enqueue(tx, tellEndedJob, { sessionIds: ended.slice(at, at + sessionsAtOnce) });
}

async function invite(deps: Deps, tx: Tx, userId: string): Promise<void> {
  const now = deps.clock.now();
  await updateUser(tx, userId, { invited_at: now }, now);
  await deps.jobs.enqueue(tx, beginInvitationJob, { userId, tokenId: newId() });
}
