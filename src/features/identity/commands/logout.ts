import type { Actor } from '#platform/auth/actor.ts';
import { hashToken } from '#platform/crypto.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { endSession, lockRefreshToken } from '../queries.ts';

/** Ends the caller's session, and that of a refresh token of theirs. Its access tokens stop at once. */
export async function logout(deps: Deps, actor: Actor, refreshToken: string | undefined): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    await endSession(tx, actor.sessionId, 'logout', now);
    if (refreshToken === undefined) return;
    const found = await lockRefreshToken(tx, hashToken(refreshToken));
    if (found?.user_id === actor.userId) await endSession(tx, found.session_id, 'logout', now);
  });
}
