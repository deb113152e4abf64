import { secondsOf, type AccessTokenClaims } from '#platform/auth/access-token.ts';
import type { Actor, Person } from '#platform/auth/actor.ts';
import { isApiKey, looksLikeApiKey } from '#platform/auth/api-key.ts';
import { hashToken } from '#platform/crypto.ts';
import { problemOfDatabaseError } from '#platform/db/errors.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated, type AppError } from '#platform/errors.ts';
import { findKeyInUse, noteUse } from '../queries/api-keys.ts';
import { isStillActing } from '../queries/impersonations.ts';
import { findPersonOfToken, findSession } from '../queries/sessions.ts';
import { signInStateOf } from '../sign-in-state.ts';

/** The person behind an access token or an API key, as they are now. 401; 503 where the database cannot say. */
export function authenticate(deps: Deps, token: string): Promise<Actor> {
  return looksLikeApiKey(token) ? authenticateKey(deps, token) : authenticatePerson(deps, token);
}

async function authenticateKey(deps: Deps, key: string): Promise<Actor> {
  const now = deps.clock.now();
  const found = isApiKey(key) ? await findKeyInUse(deps.db, hashToken(key), now) : undefined;
  if (!found) throw unauthenticated('The API key is unknown, expired or revoked.');
  if (found.isUseToBeNoted) await noteUse(deps.db, found.id, now);
  const { id, scopes, userId, role, granted, mustEnroll } = found;
  // Somebody who had just signed in made it, for what its scopes say.
  const signIn = { isFresh: true, stepUpMethods: [], mustEnroll };
  return { userId, sessionId: null, role, granted, apiKey: { id, scopes }, signIn };
}

/**
 * The person behind an access token as they are now: role, status and session are read at each request, so that
 * logging out, deactivating and changing a role hold at once on every node. A session that this process knows to be over
 * is refused without asking. 401; 503 where neither the database nor Redis can say, see `withoutDatabase`.
 */
async function authenticatePerson(deps: Deps, token: string): Promise<Person> {
  const claims = await deps.accessTokens.verify(token, deps.clock.now());
  const { userId, sessionId } = claims;
  if (!deps.config.accessTokenBlacklistEnabled) {
    const person = await findPersonOfToken(deps.db, claims);
    if (!person || !(await isMeant(deps, claims, person))) throw sessionOver();
    refuseOlder(claims, person);
    return personOf(deps, sessionId, person);
  }
  if (deps.sessions.isEnded(sessionId)) throw sessionOver();
  const actor = await askDatabase(deps, claims).catch((error: unknown) =>
    withoutDatabase(deps, claims, error),
  );
  if (actor?.userId !== userId) throw sessionOver();
  return actor;
}

async function askDatabase(deps: Deps, claims: AccessTokenClaims): Promise<Person | undefined> {
  const { sessionId } = claims;
  const session = await findSession(deps.db, sessionId, deps.clock.now());
  if (session?.isOver) deps.sessions.noteEnded(sessionId);
  if (!session || session.isOver || session.isDeactivated) return undefined;
  if (!(await isMeant(deps, claims, session))) return undefined;
  refuseOlder(claims, session);
  const actor = personOf(deps, sessionId, session);
  // Whether one still acts as somebody only the database can say.
  if (!actor.impersonator) deps.sessions.remember(actor);
  return actor;
}

type Found = NonNullable<Awaited<ReturnType<typeof findPersonOfToken>>>;

/**
 * Whoever shows anew who they are gets a new token, and the one before ends: what somebody has stolen of a session does
 * not become more by it.
 */
function refuseOlder(claims: AccessTokenClaims, session: Pick<Found, 'authenticatedAt'>): void {
  if (secondsOf(claims.authenticatedAt) >= secondsOf(session.authenticatedAt)) return;
  throw unauthenticated('The access token was replaced by a newer one. Refresh it.', 'token_expired');
}

function personOf({ clock }: Deps, sessionId: string, found: Found): Person {
  const { userId, role, granted, impersonatorId } = found;
  const person = { userId, sessionId, role, granted };
  if (impersonatorId === null) return { ...person, signIn: signInStateOf(found, clock.now()) };
  // The admin has shown who they are, and cannot show that they are the person.
  const signIn = { isFresh: false, stepUpMethods: [], mustEnroll: false };
  return { ...person, signIn, impersonator: { id: impersonatorId } };
}

/** Whether the token is of the kind that its session is of, and who acts by it still may. */
async function isMeant(
  { db, clock }: Deps,
  claims: AccessTokenClaims,
  { impersonatorId }: Found,
): Promise<boolean> {
  if ((claims.impersonatorId ?? null) !== impersonatorId) return false;
  return impersonatorId === null || isStillActing(db, claims.sessionId, clock.now());
}

/**
 * While the database does not answer, Redis may still know that the session was ended: 401. It cannot know that it was
 * not, for it may have been emptied. So the token is refused with 503, unless ACCESS_TOKEN_BLACKLIST_FAIL_CLOSED is
 * false: then the person counts as this process last knew them.
 */
async function withoutDatabase(
  deps: Deps,
  { sessionId }: AccessTokenClaims,
  error: unknown,
): Promise<Person | undefined> {
  if (!problemOfDatabaseError(error)) throw error;
  if (await deps.sessions.isEndedInRedis(sessionId)) return undefined;
  const actor = deps.config.accessTokenBlacklistFailClosed ? undefined : deps.sessions.recall(sessionId);
  if (!actor) throw error;
  return actor;
}

function sessionOver(): AppError {
  return unauthenticated('The session has ended. Sign in again.');
}
