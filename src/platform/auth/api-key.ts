import { crc32 } from 'node:zlib';
import { newToken } from '#platform/crypto.ts';

/** `lms_`, 43 characters of 256 random bits, and 7 that check them: what looks for leaked secrets can tell one without asking. */
const keyPattern = /^lms_([\w-]{43})([0-9a-z]{7})$/;
const prefix = 'lms_';
/** The same of a directory's token for SCIM, which is never an API key: that has no 5 characters more. */
const scimPattern = /^lms_scim_([\w-]{43})([0-9a-z]{7})$/;
const scimPrefix = 'lms_scim_';
const hintLength = 6;

export function newApiKey(): string {
  return made(prefix);
}

export function newScimToken(): string {
  return made(scimPrefix);
}

function made(kind: string): string {
  const random = newToken();
  return `${kind}${random}${checkOf(random)}`;
}

/** Whether a bearer token means to be a key, and no access token. */
export function looksLikeApiKey(token: string): boolean {
  return token.startsWith(prefix);
}

/** Whether it can be a key of ours: what was mistyped or cut off is refused without asking the database. */
export function isApiKey(token: string): boolean {
  return isOf(keyPattern, token);
}

export function isScimToken(token: string): boolean {
  return isOf(scimPattern, token);
}

function isOf(pattern: RegExp, token: string): boolean {
  const [, random, check] = pattern.exec(token) ?? [];
  return random !== undefined && checkOf(random) === check;
}

/** The beginning, by which its owner tells it from others. */
export function hintOf(key: string): string {
  const kind = key.startsWith(scimPrefix) ? scimPrefix : prefix;
  return key.slice(0, kind.length + hintLength);
}

function checkOf(random: string): string {
  return crc32(random).toString(36).padStart(7, '0');
}
