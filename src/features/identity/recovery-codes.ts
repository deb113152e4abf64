import { createHash, randomInt } from 'node:crypto';

/** How many a set has. */
const recoveryCodeCount = 10;

// Crockford's Base32: without I, L, O, U, which are read as others.
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
const groups = 4;
const groupLength = 6;

/** A set, to be shown once. 24 characters of 5 random bits each: a plain hash of one cannot be guessed back. */
export function newRecoveryCodes(): string[] {
  return Array.from({ length: recoveryCodeCount }, newCode);
}

/** What is stored of a code, and looked for when one is typed, however it is written. */
export function hashRecoveryCode(code: string): Buffer {
  const typed = code.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1');
  return createHash('sha256').update(typed).digest();
}

function newCode(): string {
  const group = () =>
    Array.from({ length: groupLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  return Array.from({ length: groups }, group).join('-');
}
