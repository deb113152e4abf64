import { randomBytes, timingSafeEqual } from 'node:crypto';
import { hashToken, type Encryption } from '#platform/crypto.ts';

/** What an answer is for, and whose it must be: an answer to one challenge is none to another. */
export type ChallengeUse =
  | { purpose: 'registration' | 'stepUp'; sessionId: string }
  | { purpose: 'secondFactor'; tokenHash: Buffer }
  | { purpose: 'signIn' };

/** How long a person has to touch their key. */
export const challengeLifetimeMs = 5 * 60_000;

const nonceBytes = 16;
const timeBytes = 6;
const shape = /^[\w-]{72}$/;

/**
 * A challenge that shows by itself that it is ours, for what, and until when: random bytes, the time and an HMAC, 72
 * URL-safe characters. So none is stored before it is answered, however many strangers ask for one.
 */
export function makeChallenge(encryption: Encryption, use: ChallengeUse, now: Date): string {
  const head = Buffer.alloc(nonceBytes + timeBytes);
  randomBytes(nonceBytes).copy(head);
  head.writeUIntBE(now.getTime() + challengeLifetimeMs, nonceBytes, timeBytes);
  return Buffer.concat([head, encryption.macs(boundTo(use, head))[0]]).toString('base64url');
}

/** What is noted once it is answered; undefined for one that is not ours, for another use, or expired. */
export function openChallenge(
  encryption: Encryption,
  challenge: string,
  use: ChallengeUse,
  now: Date,
): { hash: Buffer; expiresAt: Date } | undefined {
  if (!shape.test(challenge)) return undefined;
  const bytes = Buffer.from(challenge, 'base64url');
  const head = bytes.subarray(0, nonceBytes + timeBytes);
  const mac = bytes.subarray(nonceBytes + timeBytes);
  if (!encryption.macs(boundTo(use, head)).some((each) => timingSafeEqual(each, mac))) return undefined;
  const expiresAt = new Date(head.readUIntBE(nonceBytes, timeBytes));
  return expiresAt > now ? { hash: hashToken(challenge), expiresAt } : undefined;
}

function boundTo(use: ChallengeUse, head: Buffer): string {
  const whose = 'sessionId' in use ? use.sessionId : 'tokenHash' in use ? use.tokenHash.toString('hex') : '';
  return JSON.stringify(['passkey-challenge', use.purpose, whose, head.toString('hex')]);
}
