import { hashToken } from '#platform/crypto.ts';
import type { Deps } from '#platform/deps.ts';
import { keepPosted as storePosted } from '../queries/transactions.ts';
import { completionUrlOf } from '../saml/settings.ts';
import { signOnInvalid } from './complete-sign-on.ts';

/** What an answer that was posted is sealed for. */
export const postedContext = (state: string) => `saml-answer:${hashToken(state).toString('hex')}`;

/**
 * Keeps what a provider of SAML made a browser post, and answers where the browser comes for it: a post from another site
 * brings no `Lax` cookie, the link that follows does, and only its own browser is let in. 400 `sign_on_invalid` where no
 * sign-in waits for it, as for one that nobody here began.
 */
export async function keepPosted(
  deps: Deps,
  key: string,
  { state, response }: { state: string; response: string },
): Promise<string> {
  const isKept = await storePosted(deps.db, {
    stateHash: hashToken(state),
    providerKey: key,
    answer: deps.encryption.encrypt(response, postedContext(state)),
    now: deps.clock.now(),
  });
  if (!isKept) throw signOnInvalid();
  return completionUrlOf(deps.config, key, state);
}
