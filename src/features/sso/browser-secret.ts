import { createHash } from 'node:crypto';
import { newToken } from '#platform/crypto.ts';

/**
 * What binds a sign-in under way to the browser that began it. The browser keeps a secret in a cookie; the code verifier
 * (RFC 7636) and the nonce are made of it and of `state`, so that what the database holds ends no sign-in.
 */
export type Started = { state: string; secret: string };

export const transactionSeconds = 600;

export function newStarted(): Started {
  return { state: newToken(), secret: newToken() };
}

export function codeVerifierOf(started: Started): string {
  return derived('code verifier', started);
}

export function nonceOf(started: Started): string {
  return derived('nonce', started);
}

/** The id of a request of SAML: an NCName. */
export function requestIdOf(started: Started): string {
  return `_${derived('SAML request', started)}`;
}

/** RFC 7636, S256. */
export function s256(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** One for each sign-in, so that several tabs do not disturb one another. `__Host-`: no other host can have set it. */
export function cookieNameOf(state: string, isSecure: boolean): string {
  const name = `lms_sso_${createHash('sha256').update(state).digest('hex').slice(0, 16)}`;
  return isSecure ? `__Host-${name}` : name;
}

/** The header that sets it; with an empty value, that takes it away. Lax: the provider leads back by a link. */
export function setCookie(name: string, value: string, isSecure: boolean): string {
  const maxAge = value === '' ? 0 : transactionSeconds;
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAge}${isSecure ? '; Secure' : ''}`;
}

function derived(use: string, { state, secret }: Started): string {
  return createHash('sha256')
    .update(JSON.stringify(['sso', use, state, secret]))
    .digest('base64url');
}
