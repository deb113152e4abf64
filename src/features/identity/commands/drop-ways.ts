import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { factorsChanged, type FactorsChange } from '../events.ts';
import { noteFactors } from '../queries/factors.ts';
import { findOwnership, removeWaysBefore } from '../queries/own-ways.ts';
import { findPasswordHash, lockUser, updateUser } from '../queries/people.ts';
import { deleteRecoveryCodes } from '../queries/recovery-codes.ts';
import { endSessionsOf } from '../queries/sessions.ts';

/** Why: they came by somebody outside who vouches for them, or may do more from now on. */
type Reason = Extract<FactorsChange, 'waysRemoved' | 'waysRemovedForRights'>;
export type Dropped = { ownSince: Date; ended: string[]; hadPassword: boolean };

/**
 * Takes from an account what opens it and may be another's: all that is older than `own_since`, and where that is null the
 * password and the sessions too; the person is told. Returns from when on the rest is its person's, whether a password went,
 * and the sessions that ended, to be told after the commit.
 */
export async function dropOthersWays(
  deps: Deps,
  tx: Tx,
  userId: string,
  reason: Reason = 'waysRemoved',
): Promise<Dropped> {
  // Nobody signs in or adds a way meanwhile.
  await lockUser(tx, userId);
  const now = deps.clock.now();
  const { own_since: since } = await findOwnership(tx, userId);
  const ownSince = since ?? justAfter(now);
  const hadPassword = since === null && (await findPasswordHash(tx, userId)) !== null;
  const hasRemoved = await dropWaysBefore(tx, { userId, before: ownSince, now });
  let ended: string[] = [];
  if (since === null) {
    // Whoever gave the first address may still undo that it changed, until the person may do more: so who it was stays known.
    const nobody = reason === 'waysRemovedForRights' ? { chosen_by: [] } : {};
    await updateUser(tx, userId, { password_hash: null, own_since: now, ...nobody }, now);
    ended = await endSessionsOf(tx, userId, 'password_changed', now);
  }
  if (hasRemoved || hadPassword || ended.length > 0) {
    await deps.events.publish(tx, fact(factorsChanged, null, now, { userId, change: reason }));
    const isForRights = reason === 'waysRemovedForRights';
    const after = { endedSessions: ended.length, isForRights };
    // By nobody, where the person comes; by whoever gives the rights.
    const by = isForRights ? {} : { by: null };
    await deps.audit.record(tx, { action: 'user.ways_removed', ...by, targetId: userId, after });
  }
  return { ownSince, ended, hadPassword };
}

/** What opens the account by itself and is older goes. Returns whether anything did. The person is the caller's to lock. */
export async function dropWaysBefore(
  tx: Tx,
  of: { userId: string; before: Date; now: Date },
): Promise<boolean> {
  const hasRemoved = await removeWaysBefore(tx, of);
  const left = await noteFactors(tx, of.userId);
  if (!left.hasTotp && !left.hasPasskey) await deleteRecoveryCodes(tx, of.userId);
  return hasRemoved;
}

/** What was made in this very moment was made before this. */
export function justAfter(now: Date): Date {
  return new Date(now.getTime() + 1);
}
