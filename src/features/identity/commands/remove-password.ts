import type { Person } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { factorsChanged } from '../events.ts';
import { findPasswordHash, lockUser, updateUser } from '../queries/people.ts';
import { endOtherSessionsOf } from '../queries/sessions.ts';
import { requireWayLeft, type HasLink } from './require-way-left.ts';

/**
 * Makes an account one without a password, and tells its person. All other sessions end, and what was mailed for a new
 * password is void. 404 where there is none, 409 `last_sign_in_way`.
 */
export async function removePassword(
  deps: Deps,
  { userId, sessionId }: Person,
  hasLink: HasLink,
): Promise<void> {
  const now = deps.clock.now();
  const ended = await inTransaction(deps.db, async (tx) => {
    // Whoever gives up another way, or signs in, waits.
    await lockUser(tx, userId);
    if ((await findPasswordHash(tx, userId)) === null) throw notFound('Password');
    await updateUser(tx, userId, { password_hash: null }, now);
    await requireWayLeft(tx, userId, hasLink);
    const sessionIds = await endOtherSessionsOf(tx, { userId, sessionId }, 'password_changed', now);
    const change = 'passwordRemoved' as const;
    await deps.events.publish(tx, fact(factorsChanged, userId, now, { userId, change }));
    const after = { endedSessions: sessionIds.length };
    await deps.audit.record(tx, { action: 'password.removed', targetId: userId, after });
    return sessionIds;
  });
  deps.sessions.tellEnded(ended);
}
