import * as oidc from 'openid-client';
import { hashToken } from '#platform/crypto.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import {
  codeVerifierOf,
  newStarted,
  nonceOf,
  s256,
  transactionSeconds,
  type Started,
} from '../browser-secret.ts';
import { redirectUriOf } from '../present.ts';
import type { ProviderClients } from '../provider-client.ts';
import { settingsOf } from '../provider-settings.ts';
import { findActiveProvider } from '../queries/providers.ts';
import { insertTransaction } from '../queries/transactions.ts';
import { checkedReturnTo, told } from '../return-to.ts';
import { outcomeOf } from '../outcome.ts';

export type SignOnDeps = Deps & { providers: ProviderClients };
export type Begun = { location: string; started: Started | null };

/**
 * Where a browser goes to sign in, and what it keeps until it is back. A provider that is away leads back at once. 404 for
 * none that is active; 400 for a place that no sign-in may lead back to.
 */
export async function startSignOn(
  deps: SignOnDeps,
  key: string,
  { returnTo, codeChallenge }: { returnTo?: string | undefined; codeChallenge: string },
): Promise<Begun> {
  const provider = await findActiveProvider(deps.db, key);
  if (!provider) throw notFound('Provider');
  const backTo = checkedReturnTo(returnTo, deps.config);
  let client: oidc.Configuration;
  try {
    client = await deps.providers.of(settingsOf(deps, provider));
  } catch (error) {
    const { reason, detail } = outcomeOf(error);
    deps.log.warn({ providerId: provider.id, reason, detail }, 'single sign-on: no sign-in could begin');
    return { location: told(backTo, { error: reason }), started: null };
  }
  const started = newStarted();
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
  const location = oidc.buildAuthorizationUrl(client, {
    redirect_uri: redirectUriOf(deps.config, provider.key),
    scope: provider.scopes.join(' '),
    state: started.state,
    nonce: nonceOf(started),
    code_challenge: s256(codeVerifierOf(started)),
    code_challenge_method: 'S256',
  });
  return { location: location.href, started };
}
