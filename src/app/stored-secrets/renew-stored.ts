import { renewTotpSecrets } from '#features/identity/commands/renew-totp-secrets.ts';
import { renewSecrets } from '#features/webhooks/commands/renew-secrets.ts';
import type { Deps } from '#platform/deps.ts';
import { renewAnswers } from '#platform/http/idempotency-renewal.ts';
import type { Renewal } from '#platform/renewal.ts';

/** What is kept encrypted, by the words for it. */
export type StoredRenewal = { name: string; counts: Renewal }[];

const mostPasses = 5;

/**
 * Seals all that is stored anew which the previous ENCRYPTION_KEY made. A value that was copied meanwhile may be passed
 * over, so it goes on until a pass finds none; processes that know the present key add none. With `isCounting` it counts.
 */
export async function renewStored(deps: Deps, how: { isCounting: boolean }): Promise<StoredRenewal> {
  let total = await pass(deps, how);
  for (let passes = 1; !how.isCounting && sum(total, 'renewed') > 0 && passes < mostPasses; passes += 1) {
    const again = await pass(deps, how);
    if (sum(again, 'renewed') === 0) break;
    total = total.map(({ name, counts }, index) => {
      const renewed = again[index]?.counts.renewed ?? 0;
      return { name, counts: { ...counts, renewed: counts.renewed + renewed } };
    });
  }
  return total;
}

/** How many values there are in one of the states. */
export function sum(renewal: StoredRenewal, state: keyof Renewal): number {
  return renewal.reduce((total, { counts }) => total + counts[state], 0);
}

async function pass(deps: Deps, how: { isCounting: boolean }): Promise<StoredRenewal> {
  return [
    { name: 'secrets of webhooks', counts: await renewSecrets(deps, how) },
    { name: 'secrets of authenticator apps', counts: await renewTotpSecrets(deps, how) },
    { name: 'kept answers of repeated requests', counts: await renewAnswers(deps, how) },
  ];
}
