import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { factorsChanged } from '../events.ts';
import { noteFactors } from '../queries/factors.ts';
import { findOwnSince, removeWaysBefore } from '../queries/own-ways.ts';
import { findPasswordHash, lockUser, updateUser } from '../queries/people.ts';
import { deleteRecoveryCodes } from '../queries/recovery-codes.ts';
import { endSessionsOf } from '../queries/sessions.ts';

/**
 * Takes from an account what opens it and may be another's, as its person comes to it by somebody outside who vouches for
 * the address: all that is older than `own_since`, and where that is null the password and the sessions too. Returns
 * from when on the rest is its person's, and the sessions that ended, to be told after the commit.
 */
export async function dropOthersWays(
  deps: Deps,
  tx: Tx,
  userId: string,
): Promise<{ ownSince: Date; ended: string[] }> {
  // Nobody signs in or adds a way meanwhile.
  await lockUser(tx, userId);
  const now = deps.clock.now();
  const since = await findOwnSince(tx, userId);
  // What was made in this very moment was made before this.
  const ownSince = since ?? new Date(now.getTime() + 1);
  const hadPassword = since === null && (await findPasswordHash(tx, userId)) !== null;
  const hasRemoved = await removeWaysBefore(tx, { userId, before: ownSince, now });
  const left = await noteFactors(tx, userId);
  if (!left.hasTotp && !left.hasPasskey) await deleteRecoveryCodes(tx, userId);
  let ended: string[] = [];
  if (since === null) {
    await updateUser(tx, userId, { password_hash: null, own_since: now }, now);
    ended = await endSessionsOf(tx, userId, 'password_changed', now);
  }
  if (hasRemoved || hadPassword || ended.length > 0) {
    const data = { userId, change: 'waysRemoved' } as const;
    await deps.events.publish(tx, fact(factorsChanged, null, now, data));
    const after = { endedSessions: ended.length };
    await deps.audit.record(tx, { action: 'user.ways_removed', by: null, targetId: userId, after });
  }
  return { ownSince, ended };
}
