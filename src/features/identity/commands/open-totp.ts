import type { Deps } from '#platform/deps.ts';
import { totpContext } from '../totp.ts';

/**
 * The secret of somebody's authenticator app. Undefined where no key that is set opens it: their recovery codes must go
 * on, and who runs this must know.
 */
export function openTotp(
  { encryption, log }: Pick<Deps, 'encryption' | 'log'>,
  sealed: Buffer,
  userId: string,
): string | undefined {
  try {
    return encryption.decrypt(sealed, totpContext(userId));
  } catch (error) {
    log.error(
      { userId, err: error },
      'no ENCRYPTION_KEY that is set opens the secret of an authenticator app',
    );
    return undefined;
  }
}
