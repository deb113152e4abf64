import { crc32 } from 'node:zlib';
import { newToken } from '#platform/crypto.ts';

/** `lms_`, 43 characters of 256 random bits, and 7 that check them: what looks for leaked secrets can tell one without asking. */
const keyPattern = /^lms_([\w-]{43})([0-9a-z]{7})$/;
const prefix = 'lms_';
const hintLength = prefix.length + 6;

export function newApiKey(): string {
  const random = newToken();
  return `${prefix}${random}${checkOf(random)}`;
}

/** Whether a bearer token means to be a key, and no access token. */
export function looksLikeApiKey(token: string): boolean {
  return token.startsWith(prefix);
}

/** Whether it can be a key of ours: what was mistyped or cut off is refused without asking the database. */
export function isApiKey(token: string): boolean {
  const [, random, check] = keyPattern.exec(token) ?? [];
  return random !== undefined && checkOf(random) === check;
}

/** The beginning, by which its owner tells it from others. */
export function hintOf(key: string): string {
  return key.slice(0, hintLength);
}

function checkOf(random: string): string {
  return crc32(random).toString(36).padStart(7, '0');
}
