import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Encryption } from '#platform/crypto.ts';

const nonceBytes = 16;
const shape = /^[\w-]{64}$/;

/**
 * Shows that a request comes of a page that could read an answer to this session: random bytes and an HMAC over them and
 * the session, 64 URL-safe characters. Each one made is another, and good for as long as the session.
 */
export function newCsrfToken(encryption: Encryption, sessionId: string): string {
  const nonce = randomBytes(nonceBytes);
  return Buffer.concat([nonce, encryption.macs(boundTo(sessionId, nonce))[0]]).toString('base64url');
}

export function isCsrfTokenOf(encryption: Encryption, token: string, sessionId: string): boolean {
  if (!shape.test(token)) return false;
  const bytes = Buffer.from(token, 'base64url');
  const nonce = bytes.subarray(0, nonceBytes);
  const mac = bytes.subarray(nonceBytes);
  return encryption.macs(boundTo(sessionId, nonce)).some((each) => timingSafeEqual(each, mac));
}

function boundTo(sessionId: string, nonce: Buffer): string {
  return JSON.stringify(['csrf', sessionId, nonce.toString('hex')]);
}
