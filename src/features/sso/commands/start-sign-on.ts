import { hashToken } from '#platform/crypto.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { newStarted, transactionSeconds, type Started } from '../browser-secret.ts';
import { outcomeOf } from '../outcome.ts';
import { findActiveProvider, type Protocol, type ProviderRow } from '../queries/providers.ts';
import { insertTransaction } from '../queries/transactions.ts';
import { checkedReturnTo, told } from '../return-to.ts';

export type Begun = { location: string; started: Started | null };
export type Beginning = {
  protocol: Protocol;
  key: string;
  returnTo?: string | undefined;
  codeChallenge: string;
};

/**
 * Where a browser goes to sign in, as `addressAt` says it of the provider, and what it keeps until it is back. A provider
 * that is away leads back at once. 404 for none that is active; 400 for a place that no sign-in may lead back to.
 */
export async function startSignOn(
  deps: Deps,
  { protocol, key, returnTo, codeChallenge }: Beginning,
  addressAt: (provider: ProviderRow, started: Started) => Promise<string>,
): Promise<Begun> {
  const provider = await findActiveProvider(deps.db, protocol, key);
  if (!provider) throw notFound('Provider');
  const backTo = checkedReturnTo(returnTo, deps.config);
  const started = newStarted();
  let location: string;
  try {
    location = await addressAt(provider, started);
  } catch (error) {
    const { reason, detail } = outcomeOf(error);
    deps.log.warn(
      { providerId: provider.id, reason, failure: detail },
      'single sign-on: no sign-in could begin',
    );
    return { location: told(backTo, { error: reason }), started: null };
  }
  const now = deps.clock.now();
  await insertTransaction(deps.db, {
    state_hash: hashToken(started.state),
    browser_hash: hashToken(started.secret),
    provider_id: provider.id,
    return_to: backTo,
    code_challenge: codeChallenge,
    created_at: now,
    expires_at: new Date(now.getTime() + transactionSeconds * 1000),
  });
  return { location, started };
}
