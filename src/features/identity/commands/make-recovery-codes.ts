import type { Person } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict } from '#platform/errors.ts';
import { deleteRecoveryCodes, insertRecoveryCodes } from '../queries/recovery-codes.ts';
import { holdFactors } from '../queries/people.ts';
import { hashRecoveryCode, newRecoveryCodes } from '../recovery-codes.ts';
import { changeFactors } from './change-factors.ts';

/** A new set, which takes the older one's place. 409 `no_second_factor` where there is none that they could stand in for. */
export async function makeRecoveryCodes(deps: Deps, actor: Person): Promise<string[]> {
  const { userId } = actor;
  return changeFactors(deps, actor, async (tx, now) => {
    const factors = await holdFactors(tx, userId);
    if (!factors?.has_totp && !factors?.has_passkey) {
      return conflict('no_second_factor', 'Recovery codes stand in for a second factor. Set one up first.');
    }
    const codes = newRecoveryCodes();
    await deleteRecoveryCodes(tx, userId);
    await insertRecoveryCodes(tx, { userId, hashes: codes.map(hashRecoveryCode), now });
    return { change: 'recoveryCodesMade', result: codes };
  });
}
