import type { Person } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError, conflict, notFound } from '#platform/errors.ts';
import { findUser } from '../queries/people.ts';
import { activateTotp, deleteTotp, lockTotp, putPendingTotp } from '../queries/totp.ts';
import { newTotpSecret, totpContext, totpStepOf, totpUrl } from '../totp.ts';
import { changeFactors } from './change-factors.ts';
import { openTotp } from './open-totp.ts';

/** How long a new secret waits for its first code. */
const pendingSeconds = 900;

/** A secret for an authenticator app, which counts once a code of it came. One that is in use stays so until then. */
export async function beginTotp(deps: Deps, { userId }: Person) {
  const user = await findUser(deps.db, userId);
  if (!user) throw notFound('Account');
  const secret = newTotpSecret();
  const until = new Date(deps.clock.now().getTime() + pendingSeconds * 1000);
  const sealed = deps.encryption.encrypt(secret, totpContext(userId));
  await putPendingTotp(deps.db, { userId, secret: sealed, until });
  const label = user.email ?? user.name;
  const otpauthUrl = totpUrl(secret, { issuer: deps.config.projectName, label });
  // Loaded when first needed.
  const { toString: drawQrCode } = await import('qrcode');
  const qrCodeSvg = await drawQrCode(otpauthUrl, { type: 'svg', errorCorrectionLevel: 'M' });
  return { secret, otpauthUrl, qrCodeSvg, expiresIn: pendingSeconds };
}

/** Takes the first code of the new secret. 409 `totp_not_begun`, 400 `factor_refused`. */
export async function confirmTotp(deps: Deps, actor: Person, code: string): Promise<{ confirmedAt: Date }> {
  const { userId } = actor;
  return changeFactors(deps, actor, async (tx, now) => {
    const factor = await lockTotp(tx, userId);
    const isWaiting = factor?.pending_until != null && factor.pending_until > now;
    // A key that was lost meanwhile opens it no more: it is begun anew, as after its time.
    const secret = isWaiting && factor.pending_secret && openTotp(deps, factor.pending_secret, userId);
    if (!secret) {
      return conflict(
        'totp_not_begun',
        'There is no secret that waits for its code. Begin with POST /me/totp.',
      );
    }
    const step = totpStepOf(secret, code, now);
    if (step === undefined) {
      const message = 'This is not the code that the app shows now.';
      const errors = [{ path: '/code', code: 'factor_refused', message }];
      return new AppError(400, 'factor_refused', 'The code is wrong.', { errors });
    }
    await activateTotp(tx, { userId, step, now });
    return { change: 'totpAdded', result: { confirmedAt: now }, shown: 'totp' };
  });
}

/** 404 where there is none. */
export async function removeTotp(deps: Deps, actor: Person): Promise<void> {
  return changeFactors(deps, actor, async (tx) => {
    if (!(await deleteTotp(tx, actor.userId))) throw notFound('Authenticator app');
    return { change: 'totpRemoved', result: undefined };
  });
}
