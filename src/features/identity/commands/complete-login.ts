import { hashToken } from '#platform/crypto.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated, type AppError } from '#platform/errors.ts';
import { deleteLoginChallenge, findLoginChallenge, takeAttempt } from '../queries/login-challenges.ts';
import { holdActive } from '../queries/people.ts';
import type { LoginAnswer } from '../schemas/sign-in-answers.ts';
import { maxChallengeAttempts } from './begin-login-challenge.ts';
import { checkFactor, factorProblem, requireFieldOf } from './check-factor.ts';
import { checkPasskey, findPasskeyOf } from './check-passkey.ts';
import { beginSession, mustVerify, notVerified, type SignedIn } from './sign-in.ts';
import { suspendedProblem } from './suspended.ts';

/**
 * The second half of a login; or, without a challenge token, the whole of one by a passkey that verified its user.
 * 401 `challenge_invalid` for a token that is unknown, used, expired or tried too often; 401 `factor_refused`;
 * 429 `too_many_attempts`; 403 `email_not_verified` and, by a passkey, `account_suspended`.
 * What was refused is recorded where it took one of a login's five tries, else while the caller's address has failures left:
 * anybody can make up a challenge.
 */
export async function completeLogin(
  deps: Deps,
  answer: LoginAnswer,
  { userAgent, hasFailuresLeft }: { userAgent: string | null; hasFailuresLeft: () => Promise<boolean> },
): Promise<SignedIn> {
  requireFieldOf(answer);
  const { challengeToken } = answer;
  if (challengeToken === undefined && answer.method !== 'passkey') throw challengeInvalid();
  const result = await inTransaction(deps.db, (tx) =>
    challengeToken === undefined
      ? signInByPasskey(deps, tx, answer, userAgent)
      : complete(deps, tx, { ...answer, challengeToken }, userAgent),
  );
  if (!('problem' in result)) return result;
  const { problem, userId, tookTry } = result;
  if (tookTry !== true && !(await hasFailuresLeft())) throw problem;
  const after = { reason: problem.code, method: answer.method };
  await deps.audit.recordRefusal(deps.db, {
    action: 'session.refused',
    by: null,
    targetId: userId,
    after,
  });
  throw problem;
}

/** Thrown once the transaction is committed: what was counted must stay. */
type Refused = { problem: AppError; userId: string | null; tookTry?: true };

async function complete(
  deps: Deps,
  tx: Tx,
  answer: LoginAnswer & { challengeToken: string },
  userAgent: string | null,
): Promise<SignedIn | Refused> {
  const hash = hashToken(answer.challengeToken);
  const asked = { hash, maxAttempts: maxChallengeAttempts, now: deps.clock.now() };
  const challenge = await findLoginChallenge(tx, asked);
  // The person before the challenge: whoever ends all their logins locks in this order, too.
  const user = challenge && (await holdActive(tx, challenge.userId));
  if (!user || !(await takeAttempt(tx, asked)))
    return { problem: challengeInvalid(), userId: user?.id ?? null };
  const use = { purpose: 'secondFactor', tokenHash: hash } as const;
  const outcome = await checkFactor(deps, tx, { userId: user.id, answer, use, status: 401 });
  if (outcome !== 'right') return { problem: outcome, userId: user.id, tookTry: true };
  await deleteLoginChallenge(tx, hash);
  const { firstMethod, externalSignInId } = challenge;
  const methods = [firstMethod, answer.method];
  const session = { userId: user.id, userAgent, methods, externalSignInId };
  return { user, tokens: await beginSession(deps, tx, session) };
}

async function signInByPasskey(
  deps: Deps,
  tx: Tx,
  { credential: answer }: LoginAnswer,
  userAgent: string | null,
): Promise<SignedIn | Refused> {
  const refused = (userId: string | null) => ({ problem: factorProblem(401), userId });
  if (!answer) return refused(null);
  const found = await findPasskeyOf(tx, answer);
  const user = found && (await holdActive(tx, found.user_id));
  if (found && !user) return refuseShutOut(deps, tx, answer, found.user_id);
  // An authenticator that keeps the passkey says whose it is; the answer must agree.
  const isTheirs = user && answer.response.userHandle === userHandleOf(user.id);
  if (!isTheirs) return refused(user?.id ?? null);
  const wanted = { use: { purpose: 'signIn' }, userId: user.id, mustVerifyUser: true } as const;
  if (!(await checkPasskey(deps, tx, answer, wanted))) return refused(user.id);
  if (mustVerify(deps, user)) return { problem: notVerified(), userId: user.id };
  const methods = ['passkey' as const];
  return { user, tokens: await beginSession(deps, tx, { userId: user.id, userAgent, methods }) };
}

/** Who is suspended is told so, once they have shown that the account is theirs. */
async function refuseShutOut(
  deps: Deps,
  tx: Tx,
  answer: NonNullable<LoginAnswer['credential']>,
  userId: string,
): Promise<Refused> {
  const wanted = { use: { purpose: 'signIn' }, userId, mustVerifyUser: true } as const;
  const isRight = await checkPasskey(deps, tx, answer, wanted);
  const problem = isRight ? await suspendedProblem(tx, userId) : undefined;
  return { problem: problem ?? factorProblem(401), userId };
}

/** What authenticators know a person by. */
export function userHandleOf(userId: string): string {
  return Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url');
}

export function challengeInvalid(): AppError {
  return unauthenticated(
    'This login has expired or was tried too often. Begin it anew.',
    'challenge_invalid',
  );
}
