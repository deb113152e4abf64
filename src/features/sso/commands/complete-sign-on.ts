import { hashToken } from '#platform/crypto.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError } from '#platform/errors.ts';
import type { Started } from '../browser-secret.ts';
import type { Answer } from '../claims.ts';
import { outcomeOf, SignOnRefused } from '../outcome.ts';
import { findActiveProvider, type Protocol, type ProviderRow } from '../queries/providers.ts';
import { takeTransaction } from '../queries/transactions.ts';
import { told } from '../return-to.ts';
import { admit } from './admit.ts';

/** Who came back, to which provider's address. */
export type Returned = { protocol: Protocol; key: string; started: Started };

/**
 * Where the browser goes on, with a code or with the reason why there is none. The transaction is used up by whatever
 * comes; `answerOf` is given what was posted for it meanwhile. 400 `sign_on_invalid` where there is none of this browser's:
 * nobody knows where it came from.
 */
export async function completeSignOn(
  deps: Deps,
  { protocol, key, started }: Returned,
  answerOf: (provider: ProviderRow, posted: Buffer | null) => Promise<Answer>,
): Promise<string> {
  const transaction = await takeTransaction(deps.db, {
    stateHash: hashToken(started.state),
    browserHash: hashToken(started.secret),
    protocol,
    providerKey: key,
    now: deps.clock.now(),
  });
  if (!transaction) throw signOnInvalid();
  const { return_to: returnTo, code_challenge: codeChallenge, answer: posted } = transaction;
  const provider = await findActiveProvider(deps.db, protocol, key);
  try {
    if (!provider) throw new SignOnRefused('provider_unavailable');
    const answer = await answerOf(provider, posted);
    const code = await admit(deps, provider, { ...answer, codeChallenge });
    return told(returnTo, { code });
  } catch (error) {
    const { reason, detail } = outcomeOf(error);
    deps.log.info(
      { providerId: transaction.provider_id, reason, failure: detail },
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
