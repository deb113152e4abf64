import type { AccessTokenClaims } from '#platform/auth/access-token.ts';
import type { AuditEntry } from '#platform/audit/audit.ts';
import type { Powers } from '#platform/auth/actor.ts';
import { hashToken, newToken } from '#platform/crypto.ts';
import type { SignInMethod } from '#platform/auth/sign-in-state.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { forbidden, type AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import type { UserRow } from '../queries/people.ts';
import { insertRefreshToken, insertSession } from '../queries/sessions.ts';

export type Tokens = { accessToken: string; refreshToken: string; expiresInSeconds: number };
export type SignedIn = { user: UserRow & Pick<Powers, 'granted'>; tokens: Tokens };

const dayMs = 86_400_000;

/** When a session that is used now would end: without further use, or however it is used after its person showed who they are. */
export function sessionEnd({ config }: Deps, now: Date, authenticatedAt: Date): Date {
  const unused = now.getTime() + config.refreshTokenExpireDays * dayMs;
  return new Date(Math.min(unused, authenticatedAt.getTime() + config.sessionLifetimeDays * dayMs));
}

/** Throws 403 where the person's password or token is right but their address must be confirmed first. */
export function requireVerified(deps: Deps, person: Addressed): void {
  if (mustVerify(deps, person)) throw notVerified();
}

type Addressed = { email: string | null; email_verified_at: Date | null };

/** Whoever has no address, since they come by a provider that tells none, has none to confirm. */
export function mustVerify({ config }: Deps, { email, email_verified_at: verifiedAt }: Addressed): boolean {
  return config.requireEmailVerificationForLogin && email !== null && verifiedAt === null;
}

export function notVerified(): AppError {
  return forbidden(
    'Confirm your address first: open the link in the mail that was sent to it, or ask for another.',
    'email_not_verified',
  );
}

type Beginning = {
  userId: string;
  userAgent: string | null;
  methods: SignInMethod[];
  /** By a provider: which of its sign-ins. */
  externalSignInId?: string | null;
  /** What was done just before, to record with it. */
  before?: AuditEntry[];
};

/** Begins a session that came to be by these methods, and makes its first pair of tokens. */
export async function beginSession(
  deps: Deps,
  tx: Tx,
  { userId, userAgent, methods, externalSignInId = null, before = [] }: Beginning,
): Promise<Tokens> {
  const now = deps.clock.now();
  const sessionId = newId();
  const expiresAt = sessionEnd(deps, now, now);
  await insertSession(tx, { id: sessionId, userId, methods, externalSignInId, userAgent, now, expiresAt });
  await deps.audit.record(tx, ...before, {
    action: 'session.started',
    by: { userId, sessionId },
    targetId: sessionId,
    personId: userId,
    after: { methods },
  });
  return makeTokens(deps, tx, { userId, sessionId, authenticatedAt: now }, now);
}

/** A new pair; of the refresh token only the hash is stored. */
export async function makeTokens(deps: Deps, tx: Tx, claims: AccessTokenClaims, now: Date): Promise<Tokens> {
  const refreshToken = newToken();
  await insertRefreshToken(tx, { hash: hashToken(refreshToken), sessionId: claims.sessionId, now });
  const { token, expiresInSeconds } = await deps.accessTokens.issue(claims, now);
  return { accessToken: token, refreshToken, expiresInSeconds };
}
