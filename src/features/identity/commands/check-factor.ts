import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError, invalid } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { factorsChanged, factorRefused } from '../events.ts';
import type { ChallengeUse } from '../passkey-challenge.ts';
import { lockTotp, noteTotpFailure, noteTotpUse } from '../queries/totp.ts';
import { countRecoveryCodes, takeRecoveryCode } from '../queries/recovery-codes.ts';
import { hashRecoveryCode } from '../recovery-codes.ts';
import type { LoginAnswer } from '../schemas/sign-in-answers.ts';
import { tellingFailure, totpBlockedUntil, totpStepOf } from '../totp.ts';
import { checkPasskey } from './check-passkey.ts';
import { openTotp } from './open-totp.ts';

export type FactorAnswer = Pick<LoginAnswer, 'method' | 'code' | 'credential'>;
/** A problem is to be thrown once the transaction is committed: what was counted must stay. */
export type FactorOutcome = 'right' | AppError;

/** 401 where somebody is about to sign in, 403 where they are signed in. */
export function factorProblem(status: 401 | 403): AppError {
  return new AppError(
    status,
    'factor_refused',
    'The code, the password or the answer of the passkey is wrong.',
  );
}

/** Throws 400 where the field that the method needs is not there. */
export function requireFieldOf(answer: { method: string } & Record<string, unknown>): void {
  const fields: Record<string, string> = { password: 'password', passkey: 'credential' };
  const field = fields[answer.method] ?? 'code';
  if (answer[field] !== undefined) return;
  const message = `With this method it must be there.`;
  throw invalid('The body is not valid.', [{ path: `/${field}`, code: 'required', message }]);
}

/** Whether the answer shows the second factor of this person. What was used up stays so only with the transaction. */
export async function checkFactor(
  deps: Deps,
  tx: Tx,
  {
    userId,
    answer,
    use,
    status,
  }: { userId: string; answer: FactorAnswer; use: ChallengeUse; status: 401 | 403 },
): Promise<FactorOutcome> {
  const { method, code = '', credential } = answer;
  if (method === 'totp') return checkTotp(deps, tx, { userId, code, status });
  if (method === 'recoveryCode') {
    return (await useRecoveryCode(deps, tx, userId, code)) ? 'right' : factorProblem(status);
  }
  const found =
    credential && (await checkPasskey(deps, tx, credential, { use, userId, mustVerifyUser: false }));
  return found ? 'right' : factorProblem(status);
}

// The row is locked, so that guesses are counted one by one on whatever node they come.
async function checkTotp(
  deps: Deps,
  tx: Tx,
  { userId, code, status }: { userId: string; code: string; status: 401 | 403 },
): Promise<FactorOutcome> {
  const now = deps.clock.now();
  const factor = await lockTotp(tx, userId);
  if (!factor?.secret) return factorProblem(status);
  if (factor.blocked_until && factor.blocked_until > now) return tooManyAttempts(factor.blocked_until, now);
  const secret = openTotp(deps, factor.secret, userId);
  if (secret === undefined) return factorProblem(status);
  const step = totpStepOf(secret, code, now);
  if (step !== undefined && step > (factor.last_step ?? 0)) {
    await noteTotpUse(tx, userId, step);
    return 'right';
  }
  const failures = factor.failures + 1;
  await noteTotpFailure(tx, { userId, failures, blockedUntil: totpBlockedUntil(failures, now) });
  if (failures === tellingFailure) await deps.events.publish(tx, fact(factorRefused, null, now, { userId }));
  return factorProblem(status);
}

async function useRecoveryCode(deps: Deps, tx: Tx, userId: string, code: string): Promise<boolean> {
  const now = deps.clock.now();
  if (!(await takeRecoveryCode(tx, userId, hashRecoveryCode(code), now))) return false;
  const { left: codesLeft } = await countRecoveryCodes(tx, userId);
  const data = { userId, change: 'recoveryCodeUsed', codesLeft } as const;
  await deps.events.publish(tx, fact(factorsChanged, userId, now, data));
  const after = { change: data.change, codesLeft };
  await deps.audit.record(tx, { action: 'factors.changed', by: { userId }, targetId: userId, after });
  return true;
}

function tooManyAttempts(until: Date, now: Date): AppError {
  const seconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000));
  return new AppError(
    429,
    'too_many_attempts',
    'Too many wrong codes. Wait, or use a passkey or a recovery code.',
    { headers: { 'retry-after': String(seconds) } },
  );
}
