import { createHash, timingSafeEqual } from 'node:crypto';
import { hashToken, newToken } from '#platform/crypto.ts';
import type { SignInMethod } from '#platform/auth/sign-in-state.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated, type AppError } from '#platform/errors.ts';
import { findOwnerOfCode, insertLoginCode, takeLoginCode } from '../queries/login-codes.ts';
import { holdActive, holdStanding } from '../queries/people.ts';
import { endSessionsOfSignIns } from '../queries/sessions.ts';
import { beginLoginChallenge, type MfaRequired } from './begin-login-challenge.ts';
import { beginSession, type SignedIn } from './sign-in.ts';

const codeSeconds = 60;

/** Somebody outside says who it is. `codeChallenge`: S256 of what the front end that began it keeps. */
export type ExternalLogin = {
  userId: string;
  signInId: string;
  codeChallenge: string;
  /** They showed a second factor there, and that counts here. */
  hasSecondFactor: boolean;
};

/** A code that the front end exchanges for tokens, once and within a minute. It may stand in a fragment: alone it is worth nothing. */
export async function issueLoginCode(deps: Deps, tx: Tx, login: ExternalLogin): Promise<string> {
  const now = deps.clock.now();
  const code = newToken();
  await insertLoginCode(tx, {
    code_hash: hashToken(code),
    user_id: login.userId,
    code_challenge: login.codeChallenge,
    external_sign_in_id: login.signInId,
    has_second_factor: login.hasSecondFactor,
    created_at: now,
    expires_at: new Date(now.getTime() + codeSeconds * 1000),
  });
  return code;
}

/**
 * Signs in by a code and the verifier of its challenge. 401 `login_code_invalid` for a code that is unknown, used or
 * expired, for another verifier, and for an account that was deactivated meanwhile: the code is used up by each. Who has
 * a second factor here, and has shown none that counts, gets a token for the second half.
 */
export async function exchangeLoginCode(
  deps: Deps,
  { code, codeVerifier }: { code: string; codeVerifier: string },
  userAgent: string | null,
): Promise<SignedIn | MfaRequired> {
  const result = await inTransaction(deps.db, async (tx) => {
    const hash = hashToken(code);
    const ownerId = await findOwnerOfCode(tx, hash);
    // The person before the code: whoever ends all their logins locks in this order, too.
    const user = ownerId === undefined ? undefined : await holdActive(tx, ownerId);
    const taken = await takeLoginCode(tx, hash);
    const isGood =
      taken && taken.expires_at > deps.clock.now() && isVerifierOf(codeVerifier, taken.code_challenge);
    if (!isGood || !user) return undefined;
    const { external_sign_in_id: externalSignInId, has_second_factor: isStrong } = taken;
    const standing = await holdStanding(tx, user.id);
    const has = { has_totp: standing?.hasTotp ?? false, has_passkey: standing?.hasPasskey ?? false };
    if (!isStrong && (has.has_totp || has.has_passkey))
      return beginLoginChallenge(deps, tx, { id: user.id, ...has }, externalSignInId);
    const methods: SignInMethod[] = isStrong ? ['provider', 'providerFactor'] : ['provider'];
    const session = { userId: user.id, userAgent, methods, externalSignInId };
    return { user, tokens: await beginSession(deps, tx, session) };
  });
  if (!result) throw refused();
  return result;
}

/** Ends what came of sign-ins outside: sessions, and logins that have not become one. Returns the sessions, to be told of after the commit. */
export async function endSignIns(
  deps: Deps,
  tx: Tx,
  signInIds: readonly string[],
  reason: 'unlinked' | 'ended_by_provider',
): Promise<string[]> {
  if (signInIds.length === 0) return [];
  const ended = await endSessionsOfSignIns(tx, signInIds, reason, deps.clock.now());
  const entries = ended.map(({ id, userId }) => ({
    action: 'session.ended' as const,
    targetId: id,
    personId: userId,
    after: { reason },
  }));
  await deps.audit.record(tx, ...entries);
  return ended.map(({ id }) => id);
}

function isVerifierOf(verifier: string, challenge: string): boolean {
  const own = createHash('sha256').update(verifier).digest();
  const wanted = Buffer.from(challenge, 'base64url');
  return wanted.length === own.length && timingSafeEqual(own, wanted);
}

function refused(): AppError {
  return unauthenticated('This code does not count any more. Sign in anew.', 'login_code_invalid');
}
