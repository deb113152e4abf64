import type { TakenTry } from '#platform/auth/guess-limits.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated, type AppError } from '#platform/errors.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import { findCredentials, holdCredentials } from '../queries/people.ts';
import { addressDigest } from '../address-digest.ts';
import { knownDevice, renewedTokens } from '../device-token.ts';
import { isUnproven } from '../unproven.ts';
import { beginLoginChallenge, type MfaRequired } from './begin-login-challenge.ts';
import { beginSession, mustVerify, notVerified, type SignedIn } from './sign-in.ts';
import { suspendedProblem } from './suspended.ts';

/** From where somebody signs in. */
export type Place = {
  userAgent: string | null;
  /** What shows that people have signed in on this device before. */
  deviceTokens: readonly string[];
  /** What stands against an address from which too much failed; devices of the person's pass. */
  addressRefusal: AppError | null;
};

export type LoggedIn = {
  result: SignedIn | MfaRequired;
  /** For the device to keep. */
  deviceTokens: [string, ...string[]];
};

/**
 * Signs in. Unknown address, wrong password, no password, deactivated account, and one whose person chose the password
 * and never confirmed the address, get one answer, after the same time. 403 `account_suspended` only for those who know
 * the password, and `email_not_verified` where somebody else gave them the address or the password. Who has a second
 * factor gets a token for the second half instead. 429 `too_many_attempts`: tries of strangers and those on a device of
 * the person's are counted apart, so that strangers do not shut the person out.
 */
export async function login(
  deps: Deps,
  input: { email: string; password: string },
  place: Place,
): Promise<LoggedIn> {
  const emailKey = emailKeyOf(input.email);
  const found = await findCredentials(deps.db, emailKey);
  const taken = await takeTry(deps, { emailKey, found, place });
  const isRight = await deps.passwords.verify(input.password, found?.password_hash ?? null);
  if (isRight && found && isUnproven(found) && mustVerify(deps, found)) {
    // As a wrong password: whoever registers with an address would else learn whether that made an account.
    await recordRefused(deps, input.email, found.id, 'email_not_verified');
    throw refused(deps);
  }
  if (!found || !isRight || found.status !== 'active') {
    const suspended = isRight && found ? await suspendedProblem(deps.db, found.id) : undefined;
    await recordRefused(deps, input.email, found?.id, suspended?.code);
    throw suspended ?? refused(deps);
  }
  await taken.wasRight();
  if (mustVerify(deps, found)) {
    await recordRefused(deps, input.email, found.id, 'email_not_verified');
    throw notVerified();
  }
  const result = await begin(deps, found, place.userAgent);
  if (!result) {
    await recordRefused(deps, input.email, found.id);
    throw refused(deps);
  }
  const now = deps.clock.now();
  const { deviceTokens: tokens } = place;
  return { result, deviceTokens: renewedTokens(deps.encryption, found, { tokens, now }) };
}

type Credentials = NonNullable<Awaited<ReturnType<typeof findCredentials>>>;
type Tried = { emailKey: string; found: Credentials | undefined; place: Place };

async function takeTry(deps: Deps, { emailKey, found, place }: Tried): Promise<TakenTry> {
  const { deviceTokens: tokens, addressRefusal } = place;
  const device = found && knownDevice(deps.encryption, found, { tokens, now: deps.clock.now() });
  if (device !== undefined) return deps.guesses.take('device', device);
  if (addressRefusal) throw addressRefusal;
  return deps.guesses.take('account', emailKey);
}

async function begin(
  deps: Deps,
  { password_hash: hash, ...user }: Credentials,
  userAgent: string | null,
): Promise<SignedIn | MfaRequired | undefined> {
  return inTransaction(deps.db, async (tx) => {
    const held = hash === null ? undefined : await holdCredentials(tx, user.id, hash);
    if (!held) return undefined;
    if (held.has_totp || held.has_passkey) return beginLoginChallenge(deps, tx, held);
    const methods = ['password' as const];
    return { user, tokens: await beginSession(deps, tx, { userId: user.id, userAgent, methods }) };
  });
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

function refused({ config }: Deps): AppError {
  const wrong = 'The address or the password is wrong';
  const waits = ', or the address still waits to be confirmed: open the link in the mail that was sent to it';
  const text = config.requireEmailVerificationForLogin ? `${wrong}${waits}.` : `${wrong}.`;
  return unauthenticated(text, 'invalid_credentials');
}
