import { hkdfSync } from 'node:crypto';

const secretKeyMinLength = 32;

/** Words by which people mark a key that is to be replaced, compared without case, spaces, `-` and `_`. */
const givenAway = [
  'changeme',
  'changethis',
  'replaceme',
  'replacethis',
  'secret',
  'password',
  'passphrase',
  'example',
  'placeholder',
  'insecure',
  'default',
  'development',
  'production',
  'yourkey',
  'abcdefgh',
  '12345678',
];

const placeholder = /^(<.*>|\[.*\]|\$?\{.*\})$/;

/** What is wrong with a connection string of Azure Storage, as the end of a sentence, or undefined; without its text. */
export function findConnectionProblem(text: string): string | undefined {
  if (placeholder.test(text)) return 'is a placeholder that was never replaced';
  if (text === 'UseDevelopmentStorage=true') return undefined;
  const has = (name: string) => new RegExp(`(^|;)\\s*${name}=[^;\\s]`, 'i').test(text);
  if (has('SharedAccessSignature'))
    return 'holds a shared access signature, which ends one day and signs no others';
  const missing = ['AccountName', 'AccountKey'].filter((name) => !has(name));
  return missing.length === 0 ? undefined : `lacks ${missing.join(' and ')}`;
}

/**
 * Says what is wrong with a key that signs tokens, as the end of a sentence that begins with its name, or
 * undefined where nothing is. HS256 wants a key of at least 256 bits (RFC 7518, 3.2).
 */
export function findKeyWeakness(key: string): string | undefined {
  if (placeholder.test(key)) return 'is a placeholder that was never replaced';
  // A long random key may well begin with "production-": it is the rest that counts.
  const folded = key.toLowerCase().replaceAll(/[\s_-]/g, '');
  const rest = givenAway.reduce((left, word) => left.replaceAll(word, ''), folded);
  if (rest !== folded && rest.length < secretKeyMinLength) return 'is well known';
  if (key.length < secretKeyMinLength) {
    return `is too short (${key.length} characters, at least ${secretKeyMinLength} are needed)`;
  }
  return isRepetitive(key) ? 'is made of few or repeated characters' : undefined;
}

/** Passwords of databases that examples and images come with, beside the words of `givenAway`. */
const defaultPasswords = [
  'lms',
  'lmspassword',
  'postgres',
  'postgresql',
  'pass',
  'pw',
  'root',
  'admin',
  'test',
  'user',
  'qwerty',
  'letmein',
];

/**
 * Whether a password of the database is one that everybody tries first: a word of examples, perhaps with digits or
 * signs behind it, or a name that stands beside it in the address. None at all is no such password: other ways of
 * signing in have none.
 */
export function isDefaultPassword(password: string, names: readonly string[]): boolean {
  if (password === '') return false;
  const folded = password.toLowerCase().replaceAll(/[\s_-]/g, '');
  const words = [...givenAway, ...defaultPasswords, ...names.map((name) => name.toLowerCase())];
  return (
    placeholder.test(password) ||
    words.some((word) => folded === word || folded.replace(/[\d!.#$]+$/, '') === word)
  );
}

/** Few different characters, or one part over and over (`abcabcabc…`). */
export function isRepetitive(key: string): boolean {
  // A string that is a repetition is found in its double before its own end.
  return new Set(key).size < 8 || `${key}${key}`.indexOf(key, 1) < key.length;
}

/** 32 bytes from base64, base64url or hex; undefined for anything else. */
export function decodeEncryptionKey(text: string): Buffer | undefined {
  if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, 'hex');
  if (!/^[A-Za-z0-9+/_-]{43}=?$/.test(text)) return undefined;
  const key = Buffer.from(text, 'base64');
  return key.length === 32 ? key : undefined;
}

/** The encryption key, 32 bytes in base64, that goes with a SECRET_KEY (HKDF-SHA256, RFC 5869). */
export function deriveEncryptionKey(secretKey: string): string {
  // The label parts this key from whatever else may come from the same secret; changing it loses what is encrypted.
  return Buffer.from(hkdfSync('sha256', secretKey, '', 'lms encryption key v1', 32)).toString('base64');
}
