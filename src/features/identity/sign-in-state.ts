import type { SignInMethod, SignInState } from '#platform/auth/sign-in-state.ts';
import { isFreshSignIn, type SignIn } from './policy.ts';

type Standing = SignIn & { hasPassword: boolean; mustEnroll: boolean };

/** What a session opens now. */
export function signInStateOf(session: Standing, now: Date): SignInState {
  return {
    isFresh: isFreshSignIn(session, now),
    stepUpMethods: stepUpMethodsOf(session),
    mustEnroll: session.mustEnroll,
  };
}

export type SecondFactor = Exclude<SignInMethod, 'password'>;
type Having = { hasTotp: boolean; hasPasskey: boolean };

/** The second factors that somebody has; recovery codes stand in for either. */
export function factorsOf({ hasTotp, hasPasskey }: Having): SecondFactor[] {
  return [
    ...(hasTotp ? ['totp' as const] : []),
    ...(hasPasskey ? ['passkey' as const] : []),
    ...(hasTotp || hasPasskey ? ['recoveryCode' as const] : []),
  ];
}

/** By what somebody shows again that it is they: where they have second factors, by nothing less. */
export function stepUpMethodsOf(person: Having & { hasPassword: boolean }): SignInMethod[] {
  const factors = factorsOf(person);
  return factors.length === 0 && person.hasPassword ? ['password'] : factors;
}
