import type { Person } from '#platform/auth/actor.ts';
import type { SignInMethod } from '#platform/auth/sign-in-state.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError, unauthenticated } from '#platform/errors.ts';
import { stepUpRequired } from '#platform/http/step-up.ts';
import { freshForMs } from '../policy.ts';
import { findShownBy, lockStepUpFailures, noteStepUpFailure, renewSignIn } from '../queries/factors.ts';
import { holdCredentials, holdStanding } from '../queries/people.ts';
import type { StepUpAnswer } from '../schemas/sign-in-answers.ts';
import { stepUpMethodsOf } from '../sign-in-state.ts';
import { checkFactor, factorProblem, requireFieldOf, type FactorOutcome } from './check-factor.ts';

export const maxStepUpFailures = 5;

export type SteppedUp = {
  freshUntil: Date;
  methods: SignInMethod[];
  /** In place of the one it was shown by, which ends. The refresh token stays. */
  accessToken: { token: string; expiresInSeconds: number };
};

/**
 * Shows again that it is they, by a second factor where they have one. 403 `step_up_required` for a method that is not
 * enough, `factor_refused`; 429 `too_many_attempts`: after five failures the session shows nothing more, so that who
 * stole it guesses five times, and its owner signs in anew.
 */
export async function stepUp(deps: Deps, actor: Person, answer: StepUpAnswer): Promise<SteppedUp> {
  requireFieldOf(answer);
  const passwordHash = answer.method === 'password' ? await rightHash(deps, actor, answer) : undefined;
  const now = deps.clock.now();
  const result = await inTransaction(deps.db, async (tx) => {
    // Before the session, as whoever changes factors locks them.
    const factors = await holdStanding(tx, actor.userId);
    const failures = await lockStepUpFailures(tx, actor.sessionId);
    if (!factors || failures === undefined) return unauthenticated('The session has ended. Sign in again.');
    if (failures >= maxStepUpFailures) return exhausted();
    const methods = stepUpMethodsOf(factors);
    if (!methods.includes(answer.method)) return stepUpRequired(methods);
    const outcome = await check(deps, tx, { actor, answer, passwordHash });
    const { method } = answer;
    const entry = {
      action: 'session.stepped_up',
      targetId: actor.sessionId,
      personId: actor.userId,
      after: { method },
    } as const;
    await deps.audit.record(tx, outcome === 'right' ? entry : { ...entry, outcome: 'refused' });
    if (outcome !== 'right') {
      await noteStepUpFailure(tx, actor.sessionId);
      return outcome;
    }
    await renewSignIn(tx, { sessionId: actor.sessionId, method, now });
    const { userId, sessionId } = actor;
    const accessToken = await deps.accessTokens.issue({ userId, sessionId, authenticatedAt: now }, now);
    return { freshUntil: new Date(now.getTime() + freshForMs), methods, accessToken };
  });
  if (result instanceof AppError) throw result;
  return result;
}

type Checked = { actor: Person; answer: StepUpAnswer; passwordHash: string | undefined };

async function check(
  deps: Deps,
  tx: Tx,
  { actor: { userId, sessionId }, answer, passwordHash }: Checked,
): Promise<FactorOutcome> {
  if (answer.method === 'password') {
    const isRight = passwordHash !== undefined && (await holdCredentials(tx, userId, passwordHash));
    return isRight ? 'right' : factorProblem(403);
  }
  const use = { purpose: 'stepUp', sessionId } as const;
  const { method, ...given } = answer;
  return checkFactor(deps, tx, { userId, answer: { method, ...given }, use, status: 403 });
}

// Before the transaction: hashing takes longer than anything in it.
async function rightHash(
  deps: Deps,
  actor: Person,
  { password = '' }: StepUpAnswer,
): Promise<string | undefined> {
  const held = await findShownBy(deps.db, actor);
  // Before anything is hashed: guesses that do not count cost nothing either.
  if (held && held.failures >= maxStepUpFailures) throw exhausted();
  const hash = held?.passwordHash ?? null;
  return (await deps.passwords.verify(password, hash)) && hash !== null ? hash : undefined;
}

export function exhausted(): AppError {
  return new AppError(429, 'too_many_attempts', 'Too many wrong answers in this session. Sign in again.', {
    headers: { 'retry-after': '60' },
  });
}
