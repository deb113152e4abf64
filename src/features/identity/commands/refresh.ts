import { hashToken } from '#platform/crypto.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated } from '#platform/errors.ts';
import { endSession, lockRefreshToken, markRefreshTokenUsed, touchSession } from '../queries/sessions.ts';
import { makeTokens, requireVerified, sessionEnd, type Tokens } from './sign-in.ts';

/**
 * A new pair for an unused refresh token (rotation, RFC 9700 section 4.14). A used one is stolen or
 * replayed: its session ends, which must be committed although the answer is 401. That holds for two at
 * the same instant too: one gets a pair, and the other ends the session. No grace, since within one a thief
 * would stay unnoticed; tabs that share a token must take turns (Web Locks), or refresh in one place.
 * 403 `email_not_verified`.
 */
export async function refresh(deps: Deps, refreshToken: string, requestId: string): Promise<Tokens> {
  const result = await inTransaction(deps.db, (tx) => rotate(deps, tx, hashToken(refreshToken)));
  if (result === 'invalid')
    throw unauthenticated('The refresh token is not valid. Sign in again.', 'refresh_token_invalid');
  if ('reused' in result) {
    const { userId, sessionId } = result.reused;
    deps.sessions.tellEnded([sessionId]);
    deps.log.warn({ userId, sessionId, requestId }, 'a used refresh token came again; its session was ended');
    throw unauthenticated('The refresh token was used before. Sign in again.', 'refresh_token_reused');
  }
  return result;
}

type Reused = { reused: { userId: string; sessionId: string } };

async function rotate(deps: Deps, tx: Tx, hash: Buffer): Promise<Tokens | 'invalid' | Reused> {
  const now = deps.clock.now();
  const found = await lockRefreshToken(tx, hash);
  if (!found || found.ended_at || found.deactivated_at || found.expires_at <= now) return 'invalid';
  // Before the token counts as used: it is good again as soon as the address is confirmed.
  requireVerified(deps, found);
  if (!(await markRefreshTokenUsed(tx, hash, now))) {
    await endSession(tx, found.session_id, 'refresh_token_reused', now);
    // Whoever came with it, it need not be the person.
    await deps.audit.record(tx, {
      action: 'session.token_reused',
      outcome: 'refused',
      by: null,
      targetId: found.session_id,
      personId: found.user_id,
    });
    return { reused: { userId: found.user_id, sessionId: found.session_id } };
  }
  await touchSession(tx, found.session_id, now, sessionEnd(deps, now, found.authenticated_at));
  const { user_id: userId, session_id: sessionId, authenticated_at: authenticatedAt } = found;
  return makeTokens(deps, tx, { userId, sessionId, authenticatedAt }, now);
}
