import { timingSafeEqual } from 'node:crypto';
import { hashToken, type Encryption } from '#platform/crypto.ts';

export const emailTokenPurposes = ['verification', 'passwordReset', 'invitation'] as const;
export type EmailTokenPurpose = (typeof emailTokenPurposes)[number];
/** Of a change of address: what goes to the new one, and what goes to the old one. */
export type ChangePurpose = 'emailChange' | 'emailChangeUndo';

/** What a token is bound to. It is dead once the address has changed, one for a password also once that has. */
export type TokenSubject = {
  id: string;
  purpose: EmailTokenPurpose | ChangePurpose;
  email: string | null;
  password_hash: string | null;
};

const idBytes = 16;
const shape = /^[\w-]{64}$/;

/**
 * A token that goes out by mail: the id of its row and an HMAC, 64 URL-safe characters. Made of what is stored and a key
 * that is not, so that it stands in no table, job or log and the worker that sends it can make it again.
 */
export function makeEmailToken(encryption: Encryption, subject: TokenSubject): string {
  return textOf(subject.id, encryption.macs(boundTo(subject))[0]);
}

/** The token whose hash is stored; undefined where what it is bound to has changed, or no key that is set made it. */
export function remakeEmailToken(
  encryption: Encryption,
  subject: TokenSubject,
  storedHash: Buffer,
): string | undefined {
  return tokensOf(encryption, subject).find((token) => timingSafeEqual(hashToken(token), storedHash));
}

/** The token by each key that is set, of what keeps no hash. */
export function tokensOf(encryption: Encryption, subject: TokenSubject): string[] {
  return encryption.macs(boundTo(subject)).map((mac) => textOf(subject.id, mac));
}

/** The id of the row that a token names, whether the token is good or not; undefined for what has not its shape. */
export function idOfEmailToken(token: string): string | undefined {
  if (!shape.test(token)) return undefined;
  const hex = Buffer.from(token, 'base64url').subarray(0, idBytes).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function textOf(id: string, mac: Buffer): string {
  return Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), mac]).toString('base64url');
}

function boundTo({ id, purpose, email, password_hash: hash }: TokenSubject): string {
  return JSON.stringify(['email-token', id, purpose, email, purpose === 'verification' ? null : hash]);
}
