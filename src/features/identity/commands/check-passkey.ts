import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { openChallenge, type ChallengeUse } from '../passkey-challenge.ts';
import {
  advanceSignCount,
  findPasskeyByCredential,
  spendChallenge,
  type CredentialRow,
} from '../queries/passkeys.ts';
import type { AssertionInput } from '../schemas/passkeys.ts';
import { verifyAssertion } from '../webauthn.ts';

type Wanted = { use: ChallengeUse; userId: string; mustVerifyUser: boolean };

/**
 * Whether the answer is right and comes of a passkey of this person, which uses its challenge up. A counter that did not
 * go up is a wrong answer: somebody may have a copy of the authenticator.
 */
export async function checkPasskey(
  deps: Deps,
  tx: Tx,
  answer: AssertionInput,
  { use, userId, mustVerifyUser }: Wanted,
): Promise<boolean> {
  const now = deps.clock.now();
  const credential = await findPasskeyOf(tx, answer);
  if (credential?.user_id !== userId) return false;
  let opened: ReturnType<typeof openChallenge>;
  const right = await verifyAssertion(deps.config, { answer, credential, mustVerifyUser }, (challenge) => {
    opened = openChallenge(deps.encryption, challenge, use, now);
    return opened !== undefined;
  });
  if (!right || !opened || !(await spendChallenge(tx, opened))) return false;
  const { id } = credential;
  if (await advanceSignCount(tx, { id, ...right, now })) return true;
  deps.log.warn(
    { userId, passkeyId: id },
    'the counter of a passkey did not go up: there may be a copy of it',
  );
  return false;
}

/** The passkey that an answer names, whoever's it is. */
export function findPasskeyOf(tx: Tx, answer: AssertionInput): Promise<CredentialRow | undefined> {
  return findPasskeyByCredential(tx, Buffer.from(answer.id, 'base64url'));
}
