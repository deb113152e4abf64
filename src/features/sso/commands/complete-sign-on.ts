import { hashToken } from '#platform/crypto.ts';
import { AppError } from '#platform/errors.ts';
import type { Started } from '../browser-secret.ts';
import { readClaims } from '../claims.ts';
import { outcomeOf, SignOnRefused } from '../outcome.ts';
import { askProvider } from '../provider-answer.ts';
import { findActiveProvider } from '../queries/providers.ts';
import { takeTransaction } from '../queries/transactions.ts';
import { told } from '../return-to.ts';
import { admit } from './admit.ts';
import type { SignOnDeps } from './start-sign-on.ts';

/** What a browser came back with. */
export type Returned = { key: string; started: Started; query: URLSearchParams };

/**
 * Where the browser goes on, with a code or with the reason why there is none. The transaction is used up by whatever
 * comes. 400 `sign_on_invalid` where there is none of this browser's: nobody knows where it came from.
 */
export async function completeSignOn(deps: SignOnDeps, { key, started, query }: Returned): Promise<string> {
  const transaction = await takeTransaction(deps.db, {
    stateHash: hashToken(started.state),
    browserHash: hashToken(started.secret),
    providerKey: key,
    now: deps.clock.now(),
  });
  if (!transaction) throw signOnInvalid();
  const { return_to: returnTo, code_challenge: codeChallenge } = transaction;
  const provider = await findActiveProvider(deps.db, key);
  try {
    if (!provider) throw new SignOnRefused('provider_unavailable');
    const answer = await askProvider(deps, provider, { started, query });
    const person = readClaims(answer.claims, provider.claims);
    const code = await admit(deps, provider, { person, ...answer, codeChallenge });
    return told(returnTo, { code });
  } catch (error) {
    const { reason, detail } = outcomeOf(error);
    deps.log.info(
      { providerId: transaction.provider_id, reason, detail },
      'single sign-on: a sign-in was refused',
    );
    await deps.audit.recordRefusal(deps.db, {
      action: 'session.refused',
      by: null,
      after: { providerId: transaction.provider_id, reason },
    });
    return told(returnTo, { error: reason });
  }
}

export function signOnInvalid(): AppError {
  return new AppError(
    400,
    'sign_on_invalid',
    'This sign-in has expired, was ended already, or was begun in another browser. Begin it anew.',
  );
}
