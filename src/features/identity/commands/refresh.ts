import { hashToken } from '#platform/crypto.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated } from '#platform/errors.ts';
import {
  endSession,
  findUseOfRefreshToken,
  lockRefreshToken,
  markRefreshTokenUsed,
  touchSession,
} from '../queries/sessions.ts';
import { makeTokens, requireVerified, sessionEnd, type Tokens } from './sign-in.ts';

/** How soon after the first a second tab comes with the same cookie. */
const tabsGraceMs = 10_000;

/** Of a refresh by cookie: throws where the request is not of a page that may act in this session. */
export type BrowserCheck = (sessionId: string) => void;
/** By another tab, a moment ago: its answer set the cookies. */
export type RenewedElsewhere = { expiresInSeconds: number };

/**
 * A new pair for an unused refresh token (rotation, RFC 9700 section 4.14). A used one is stolen or
 * replayed: its session ends, which must be committed although the answer is 401. That holds for two at
 * the same instant too: one gets a pair, and the other ends the session. No grace, since within one a thief
 * would stay unnoticed; programs that share a token must take turns, or refresh in one place.
 *
 * The tabs of a browser share their cookies and cannot be made to take turns. So the same cookie within a few seconds ends
 * nothing, and gets nothing: the tab goes on with the cookies that the browser has by then.
 * 403 `email_not_verified`, and what the check throws, before anything changes.
 */
export async function refresh(
  deps: Deps,
  refreshToken: string,
  requestId: string,
  check: BrowserCheck | null = null,
): Promise<Tokens | RenewedElsewhere> {
  const result = await inTransaction(deps.db, (tx) => rotate(deps, tx, hashToken(refreshToken), check));
  if (result === 'invalid')
    throw unauthenticated('The refresh token is not valid. Sign in again.', 'refresh_token_invalid');
  if ('reused' in result) {
    const { userId, sessionId, ended } = result.reused;
    deps.sessions.tellEnded(ended);
    deps.log.warn({ userId, sessionId, requestId }, 'a used refresh token came again; its session was ended');
    throw unauthenticated('The refresh token was used before. Sign in again.', 'refresh_token_reused');
  }
  return result;
}

type Reused = { reused: { userId: string; sessionId: string; ended: string[] } };

async function rotate(
  deps: Deps,
  tx: Tx,
  hash: Buffer,
  check: BrowserCheck | null,
): Promise<Tokens | RenewedElsewhere | 'invalid' | Reused> {
  const now = deps.clock.now();
  const found = await lockRefreshToken(tx, hash);
  if (!found || found.ended_at || found.deactivated_at || found.expires_at <= now) return 'invalid';
  const of = { userId: found.user_id, sessionId: found.session_id };
  check?.(of.sessionId);
  // Before the token counts as used: it is good again as soon as the address is confirmed.
  requireVerified(deps, found);
  if (await markRefreshTokenUsed(tx, hash, now)) {
    const authenticatedAt = found.authenticated_at;
    await touchSession(tx, of.sessionId, now, sessionEnd(deps, now, authenticatedAt));
    return makeTokens(deps, tx, { ...of, authenticatedAt }, now);
  }
  const usedAt = check && (await findUseOfRefreshToken(tx, hash));
  const sinceMs = usedAt ? now.getTime() - usedAt.getTime() : tabsGraceMs;
  if (sinceMs < tabsGraceMs)
    return { expiresInSeconds: deps.config.accessTokenExpireMinutes * 60 - Math.ceil(sinceMs / 1000) };
  const ended = await endSession(tx, of.sessionId, 'refresh_token_reused', now);
  // Whoever came with it, it need not be the person.
  await deps.audit.record(tx, {
    action: 'session.token_reused',
    outcome: 'refused',
    by: null,
    targetId: of.sessionId,
    personId: of.userId,
  });
  return { reused: { ...of, ended } };
}
