import { unavailableOf } from './provider-client.ts';

/** Why a sign-in by a provider did not come about; published as `error` of the fragment. New ones are added, none is renamed. */
export const signOnErrors = [
  /** It does not answer, or not as a provider does. */
  'provider_unavailable',
  /** The provider refused, or the person gave up there. */
  'provider_refused',
  /** What it answered does not hold: a signature, a nonce, an issuer, an audience, a time. */
  'answer_invalid',
  /** Nobody here has this account, and none is made for it. */
  'account_unknown',
  /** The address is of no domain that the provider speaks for, or the provider has not verified it. */
  'email_not_allowed',
  /** Somebody has this address here, and the two cannot be linked. */
  'email_taken',
  'account_deactivated',
  'account_suspended',
] as const;
export type SignOnError = (typeof signOnErrors)[number];

/** Thrown where a sign-in ends, to lead back with it. */
export class SignOnRefused extends Error {
  override name = 'SignOnRefused';
  readonly reason: SignOnError;
  /** For the log: what exactly does not hold, in words of ours. */
  readonly detail: string;

  constructor(reason: SignOnError, detail: string = reason) {
    super(`The sign-in was refused: ${detail}.`);
    this.reason = reason;
    this.detail = detail;
  }
}

/** What failed, for the person and, in words of ours, for the log. Rethrows what is no failure of a sign-in. */
export function outcomeOf(error: unknown): { reason: SignOnError; detail: string } {
  if (error instanceof SignOnRefused) return { reason: error.reason, detail: error.detail };
  const unavailable = unavailableOf(error);
  if (unavailable) return { reason: 'provider_unavailable', detail: unavailable.failure };
  throw error;
}
