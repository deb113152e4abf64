import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import type { Config } from '#platform/config/config.ts';
import type { CredentialRow } from './queries/passkeys.ts';
import type { AssertionInput, RegistrationInput } from './schemas/passkeys.ts';

type Addresses = Pick<Config, 'publicUrl' | 'frontendUrl'>;
/** Whether a challenge in an answer is one of ours, for this. */
type IsOurs = (challenge: string) => boolean;

/** EdDSA, ES256, RS256 (COSE), the most wanted first. */
export const algorithms = [-8, -7, -257];

/** The relying party is the host of PUBLIC_URL; a front end on it, or on a host below it, may ask for its passkeys. */
export function relyingPartyOf({ publicUrl, frontendUrl }: Addresses): { id: string; origins: string[] } {
  const { hostname: id, origin } = new URL(publicUrl);
  const front = frontendUrl === null ? undefined : new URL(frontendUrl);
  const isBelow = front && (front.hostname === id || front.hostname.endsWith(`.${id}`));
  return { id, origins: isBelow ? [...new Set([origin, front.origin])] : [origin] };
}

export type NewCredential = {
  credentialId: Buffer;
  publicKey: Buffer;
  signCount: number;
  transports: string[];
  isBackedUp: boolean;
  isUserVerified: boolean;
};

/** What an authenticator made, where its answer to the challenge is right (WebAuthn, section 7.1); else undefined. */
export async function verifyRegistration(
  addresses: Addresses,
  answer: RegistrationInput,
  isOurs: IsOurs,
): Promise<NewCredential | undefined> {
  // Loaded when first needed: with its parsers of certificates it is larger than all else that the API loads.
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server');
  const { id, origins } = relyingPartyOf(addresses);
  const result = await rightOrNone(() =>
    verifyRegistrationResponse({
      response: answer as RegistrationResponseJSON,
      expectedChallenge: isOurs,
      expectedOrigin: origins,
      expectedRPID: id,
      requireUserVerification: false,
      supportedAlgorithmIDs: algorithms,
    }),
  );
  if (!result?.verified) return undefined;
  const { credential, credentialBackedUp, userVerified } = result.registrationInfo;
  return {
    credentialId: Buffer.from(credential.id, 'base64url'),
    publicKey: Buffer.from(credential.publicKey),
    signCount: credential.counter,
    transports: answer.response.transports ?? [],
    isBackedUp: credentialBackedUp,
    isUserVerified: userVerified,
  };
}

/**
 * The authenticator's counter, where its answer to the challenge is right (WebAuthn, section 7.2); else undefined. The
 * counter is to be compared by who writes it, since two answers may come at once.
 */
export async function verifyAssertion(
  addresses: Addresses,
  { answer, credential, mustVerifyUser }: AssertionCheck,
  isOurs: IsOurs,
): Promise<{ count: number; isBackedUp: boolean } | undefined> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server');
  const { id, origins } = relyingPartyOf(addresses);
  const result = await rightOrNone(() =>
    verifyAuthenticationResponse({
      response: answer as AuthenticationResponseJSON,
      expectedChallenge: isOurs,
      expectedOrigin: origins,
      expectedRPID: id,
      requireUserVerification: mustVerifyUser,
      credential: {
        id: credential.credential_id.toString('base64url'),
        publicKey: new Uint8Array(credential.public_key),
        counter: 0,
      },
    }),
  );
  if (!result?.verified) return undefined;
  const { newCounter, credentialBackedUp } = result.authenticationInfo;
  return { count: newCounter, isBackedUp: credentialBackedUp };
}

export type AssertionCheck = {
  answer: AssertionInput;
  credential: CredentialRow;
  /** By fingerprint, PIN or the like: where the passkey stands for the password, too. */
  mustVerifyUser: boolean;
};

// The library throws for whatever is wrong, down to bytes that are no CBOR.
async function rightOrNone<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify();
  } catch {
    return undefined;
  }
}
