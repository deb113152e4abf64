import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { decodeEncryptionKey, findKeyWeakness } from './keys.ts';
import { replaceFile } from './replace-file.ts';

/** `encryptionKey`, and the previous one: 32 bytes in base64. */
export type KeptSecrets = {
  secretKey: string;
  encryptionKey: string;
  secretKeyPrevious?: string;
  encryptionKeyPrevious?: string;
};

/** The file that cannot be read or written, or is not what we wrote; the message says what to do. */
export class KeptSecretsError extends Error {}

/** New random keys; nothing is written. */
export function makeSecrets(): KeptSecrets {
  return { secretKey: randomBytes(48).toString('base64'), encryptionKey: randomBytes(32).toString('base64') };
}

/** The keys in `DATA_DIR/secrets.json`, or undefined where there is no such file. Throws `KeptSecretsError`. */
export function readKeptSecrets(dataDir: string): KeptSecrets | undefined {
  const file = secretsFile(dataDir);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    if (errorCode(error) === 'ENOTDIR')
      throw new KeptSecretsError(`DATA_DIR ${dataDir} is not a folder: set another`);
    throw new KeptSecretsError(
      `${file} cannot be read (${errorCode(error)}): let this user read it, or set SECRET_KEY and ENCRYPTION_KEY`,
    );
  }
  const secrets = parseSecrets(text);
  if (secrets !== undefined) return secrets;
  throw new KeptSecretsError(
    `${file} is damaged: restore it from a backup; deleting it makes new keys, ends all sessions and makes what is encrypted in the database unreadable`,
  );
}

/**
 * The kept keys, made if there are none. The file has mode 0600 and comes into being whole; of two programs that
 * start at once both get the keys of one. Throws `KeptSecretsError`.
 */
export function keepSecrets(dataDir: string): KeptSecrets {
  const kept = readKeptSecrets(dataDir);
  if (kept !== undefined) return kept;
  const file = secretsFile(dataDir);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeOnce(file, textOf(makeSecrets()));
  } catch (error) {
    throw new KeptSecretsError(
      `${file} cannot be written (${errorCode(error)}): make room and let this user write to DATA_DIR, set another DATA_DIR, or set SECRET_KEY and ENCRYPTION_KEY`,
    );
  }
  const written = readKeptSecrets(dataDir);
  if (written !== undefined) return written;
  throw new KeptSecretsError(`${file} was removed while the program started: start it again`);
}

/** Puts other keys in the place of those that are kept. */
export function replaceKeptSecrets(dataDir: string, secrets: KeptSecrets): void {
  replaceFile(secretsFile(dataDir), textOf(secrets));
}

function textOf(secrets: KeptSecrets): string {
  return `${JSON.stringify(secrets, null, 2)}\n`;
}

/** Where the keys are kept. */
export function secretsFile(dataDir: string): string {
  return path.join(dataDir, 'secrets.json');
}

/** Writes the whole file, or leaves the one that is there already. */
function writeOnce(file: string, text: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    writeFileSync(draft, text, { flag: 'wx', mode: 0o600, flush: true });
    // A link, unlike a rename, fails where another program was first, and so never takes its keys away.
    linkSync(draft, file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function parseSecrets(text: string): KeptSecrets | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  if (!('secretKey' in parsed) || !('encryptionKey' in parsed)) return undefined;
  const { secretKey, encryptionKey } = parsed;
  if (!isSecretKey(secretKey) || !isEncryptionKey(encryptionKey)) return undefined;
  const secretKeyPrevious = 'secretKeyPrevious' in parsed ? parsed.secretKeyPrevious : undefined;
  const encryptionKeyPrevious = 'encryptionKeyPrevious' in parsed ? parsed.encryptionKeyPrevious : undefined;
  return {
    secretKey,
    encryptionKey,
    ...(isSecretKey(secretKeyPrevious) && { secretKeyPrevious }),
    ...(isEncryptionKey(encryptionKeyPrevious) && { encryptionKeyPrevious }),
  };
}

function isSecretKey(value: unknown): value is string {
  return typeof value === 'string' && findKeyWeakness(value) === undefined;
}

function isEncryptionKey(value: unknown): value is string {
  return typeof value === 'string' && decodeEncryptionKey(value) !== undefined;
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
