import { hashToken } from '#platform/crypto.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { endSession, lockRefreshToken } from '../queries/sessions.ts';

/**
 * Ends the session of a browser in which somebody has signed in anew: its cookies are gone, and it would stay open unseen.
 * An unknown token, or one of a session that is over, is no error.
 */
export async function endReplacedSession(deps: Deps, refreshToken: string): Promise<void> {
  const now = deps.clock.now();
  const ended = await inTransaction(deps.db, async (tx) => {
    const found = await lockRefreshToken(tx, hashToken(refreshToken));
    if (!found || found.ended_at || found.expires_at <= now) return [];
    const { session_id: sessionId, user_id: personId } = found;
    const told = await endSession(tx, sessionId, 'logout', now);
    const after = { reason: 'replaced' };
    await deps.audit.record(tx, { action: 'session.ended', by: null, targetId: sessionId, personId, after });
    return told;
  });
  deps.sessions.tellEnded(ended);
}
