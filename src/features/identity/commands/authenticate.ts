import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated } from '#platform/errors.ts';
import { findActiveUser, findActor } from '../queries.ts';

/**
 * The person behind an access token as they are now: role, status and session are read at each request,
 * so that logging out, deactivating and changing a role hold at once on every node.
 */
export async function authenticate(deps: Deps, token: string): Promise<Actor> {
  const { userId, sessionId } = await deps.accessTokens.verify(token, deps.clock.now());
  const actor = deps.config.accessTokenBlacklistEnabled
    ? await findActor(deps.db, sessionId, deps.clock.now())
    : await findActiveUser(deps.db, userId).then((user) => user && { ...user, sessionId });
  if (actor?.userId !== userId) throw unauthenticated('The session has ended. Sign in again.');
  return actor;
}
