import { hashToken } from '#platform/crypto.ts';
import type { Person } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { challengeLifetimeMs, makeChallenge, type ChallengeUse } from '../passkey-challenge.ts';
import { findLoginChallenge } from '../queries/login-challenges.ts';
import { listPasskeys, type PasskeyRow } from '../queries/passkeys.ts';
import { findUser } from '../queries/people.ts';
import { algorithms, relyingPartyOf } from '../webauthn.ts';
import { maxChallengeAttempts } from './begin-login-challenge.ts';
import { challengeInvalid, userHandleOf } from './complete-login.ts';

const expiresIn = challengeLifetimeMs / 1000;

/** To sign in by: with the token of a login that waits, the passkeys of its person; without one, any that knows its person. */
export async function signInOptions(deps: Deps, challengeToken: string | undefined) {
  if (challengeToken === undefined) return requestOptions(deps, { purpose: 'signIn' }, []);
  const hash = hashToken(challengeToken);
  const now = deps.clock.now();
  const challenge = await findLoginChallenge(deps.db, { hash, maxAttempts: maxChallengeAttempts, now });
  if (!challenge) throw challengeInvalid();
  const passkeys = await listPasskeys(deps.db, challenge.userId);
  return requestOptions(deps, { purpose: 'secondFactor', tokenHash: hash }, passkeys);
}

/** For somebody signed in to show that it is still they. */
export async function stepUpOptions(deps: Deps, { userId, sessionId }: Person) {
  return requestOptions(deps, { purpose: 'stepUp', sessionId }, await listPasskeys(deps.db, userId));
}

/** To make a passkey with an authenticator that has none for this person yet. */
export async function registrationOptions(deps: Deps, { userId, sessionId }: Person) {
  const user = await findUser(deps.db, userId);
  if (!user) throw notFound('Account');
  const passkeys = await listPasskeys(deps.db, userId);
  const { config, encryption, clock } = deps;
  const options = {
    rp: { id: relyingPartyOf(config).id, name: config.projectName },
    user: { id: userHandleOf(userId), name: user.email ?? user.name, displayName: user.name },
    challenge: makeChallenge(encryption, { purpose: 'registration', sessionId }, clock.now()),
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key' as const, alg })),
    timeout: challengeLifetimeMs,
    excludeCredentials: passkeys.map(descriptorOf),
    authenticatorSelection: { residentKey: 'preferred' as const, userVerification: 'preferred' as const },
    attestation: 'none' as const,
  };
  return { options, expiresIn };
}

function requestOptions(
  { config, encryption, clock }: Deps,
  use: ChallengeUse,
  passkeys: readonly PasskeyRow[],
) {
  const options = {
    challenge: makeChallenge(encryption, use, clock.now()),
    rpId: relyingPartyOf(config).id,
    timeout: challengeLifetimeMs,
    userVerification: use.purpose === 'signIn' ? ('required' as const) : ('preferred' as const),
    allowCredentials: passkeys.map(descriptorOf),
  };
  return { options, expiresIn };
}

function descriptorOf({ credential_id: id, transports }: PasskeyRow) {
  return { id: id.toString('base64url'), type: 'public-key' as const, transports };
}
