import { verifyPassword } from '#platform/auth/passwords.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated, type AppError } from '#platform/errors.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import { findCredentials, holdCredentials } from '../queries/people.ts';
import { addressDigest } from '../address-digest.ts';
import { beginLoginChallenge, type MfaRequired } from './begin-login-challenge.ts';
import { beginSession, mustVerify, notVerified, type SignedIn } from './sign-in.ts';
import { suspendedProblem } from './suspended.ts';

/**
 * Signs in. Unknown address, wrong password, no password and deactivated account get one answer, after
 * the same time. 403 `account_suspended` and `email_not_verified` only for those who know the password. Who has a second
 * factor gets a token for the second half instead.
 */
export async function login(
  deps: Deps,
  input: { email: string; password: string },
  userAgent: string | null,
): Promise<SignedIn | MfaRequired> {
  const found = await findCredentials(deps.db, emailKeyOf(input.email));
  const isRight = await verifyPassword(input.password, found?.password_hash ?? null);
  if (!found || !isRight || found.status !== 'active') {
    const suspended = isRight && found ? await suspendedProblem(deps.db, found.id) : undefined;
    await recordRefused(deps, input.email, found?.id, suspended?.code);
    throw suspended ?? refused();
  }
  if (mustVerify(deps, found)) {
    await recordRefused(deps, input.email, found.id, 'email_not_verified');
    throw notVerified();
  }
  const { password_hash: hash, ...user } = found;
  const result = await inTransaction(deps.db, async (tx) => {
    const held = hash === null ? undefined : await holdCredentials(tx, user.id, hash);
    if (!held) return undefined;
    if (held.has_totp || held.has_passkey) return beginLoginChallenge(deps, tx, held);
    const methods = ['password' as const];
    return { user, tokens: await beginSession(deps, tx, { userId: user.id, userAgent, methods }) };
  });
  if (!result) {
    await recordRefused(deps, input.email, user.id);
    throw refused();
  }
  return result;
}

/** For an unknown address as for a known one, so that it takes as long: `userId` is all that differs. */
async function recordRefused(
  deps: Deps,
  email: string,
  userId: string | undefined,
  reason = 'invalid_credentials',
): Promise<void> {
  const after = { reason, address: addressDigest(deps, email) };
  await deps.audit.recordRefusal(deps.db, {
    action: 'session.refused',
    by: null,
    targetId: userId ?? null,
    after,
  });
}

function refused(): AppError {
  return unauthenticated('The address or the password is wrong.', 'invalid_credentials');
}
