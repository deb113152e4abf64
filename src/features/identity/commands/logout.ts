import type { AuditEntry } from '#platform/audit/audit.ts';
import type { Person } from '#platform/auth/actor.ts';
import { hashToken } from '#platform/crypto.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated } from '#platform/errors.ts';
import { endSession, lockRefreshToken } from '../queries/sessions.ts';
import type { BrowserCheck } from './refresh.ts';

/**
 * Ends the caller's session, and that of the refresh token: of theirs where they are signed in, else of
 * whoever holds it, for the access token may have expired first (RFC 7009). An unknown one is no error.
 * The access tokens of an ended session stop at once. 401 without any credentials.
 * `check` is of a refresh token that a browser sent by itself. What it throws leaves a session that is open as it was.
 * Returns the sessions that ended, the caller's first.
 */
export async function logout(
  deps: Deps,
  actor: Person | null,
  refreshToken: string | undefined,
  check: BrowserCheck | null = null,
): Promise<string[]> {
  if (!actor && refreshToken === undefined) throw unauthenticated();
  const now = deps.clock.now();
  const told = await inTransaction(deps.db, async (tx) => {
    // Who acts as another ends nothing of theirs.
    const isAsked = refreshToken !== undefined && !actor?.impersonator;
    const found = isAsked ? await lockRefreshToken(tx, hashToken(refreshToken)) : undefined;
    if (found && !found.ended_at && found.expires_at > now) check?.(found.session_id);
    const ended = actor ? await endSession(tx, actor.sessionId, 'logout', now) : [];
    const isTheirs = found && (!actor || found.user_id === actor.userId);
    if (isTheirs) ended.push(...(await endSession(tx, found.session_id, 'logout', now)));
    const sessions = [
      ...(actor ? [actor] : []),
      ...(isTheirs ? [{ userId: found.user_id, sessionId: found.session_id }] : []),
    ];
    await deps.audit.record(tx, ...endedEntries(sessions));
    return [...new Set([...sessions.map(({ sessionId }) => sessionId), ...ended])];
  });
  deps.sessions.tellEnded(told);
  return told;
}

// The token may be of the session that the caller came by.
function endedEntries(
  sessions: readonly Pick<Person, 'userId' | 'sessionId' | 'impersonator'>[],
): AuditEntry[] {
  const each = new Map(sessions.map((session) => [session.sessionId, session]));
  return [...each.values()].map((by) => ({
    action: 'session.ended',
    by,
    targetId: by.sessionId,
    personId: by.userId,
  }));
}
