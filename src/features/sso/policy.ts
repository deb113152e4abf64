import { refusalOfGiving } from '#features/identity/policy.ts';
import { permissions, type Actor } from '#platform/auth/actor.ts';
import { conflict, type AppError } from '#platform/errors.ts';

/**
 * Why the actor may not decide whom a provider signs in, or undefined. Whoever sets up a provider can sign in by it as
 * anybody whom it may speak for, and give any role by a mapping: it takes every permission that there is.
 */
export function refusalOfTrusting(actor: Actor): AppError | undefined {
  return refusalOfGiving(actor, permissions);
}

/** Why a person may not remove a link, or undefined: one way to sign in must be left. */
export function refusalOfUnlinking(ways: { hasOwnWay: boolean; otherLinks: number }): AppError | undefined {
  if (ways.hasOwnWay || ways.otherLinks > 0) return undefined;
  return conflict('last_sign_in_way', 'This is your only way to sign in. Add a passkey or a password first.');
}
