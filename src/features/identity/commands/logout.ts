import type { Person } from '#platform/auth/actor.ts';
import { hashToken } from '#platform/crypto.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated } from '#platform/errors.ts';
import { endSession, lockRefreshToken } from '../queries/sessions.ts';

/**
 * Ends the caller's session, and that of the refresh token: of theirs where they are signed in, else of
 * whoever holds it, for the access token may have expired first (RFC 7009). An unknown one is no error.
 * The access tokens of an ended session stop at once. 401 without any credentials.
 */
export async function logout(
  deps: Deps,
  actor: Person | null,
  refreshToken: string | undefined,
): Promise<void> {
  if (!actor && refreshToken === undefined) throw unauthenticated();
  const now = deps.clock.now();
  const ended = await inTransaction(deps.db, async (tx) => {
    if (actor) await endSession(tx, actor.sessionId, 'logout', now);
    const own = actor ? [actor.sessionId] : [];
    if (refreshToken === undefined) return own;
    const found = await lockRefreshToken(tx, hashToken(refreshToken));
    if (!found || (actor && found.user_id !== actor.userId)) return own;
    await endSession(tx, found.session_id, 'logout', now);
    return [...own, found.session_id];
  });
  deps.sessions.tellEnded(ended);
}
