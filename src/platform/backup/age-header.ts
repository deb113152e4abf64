import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  randomBytes,
  scrypt,
  timingSafeEqual,
} from 'node:crypto';
import { BackupError } from './backup-error.ts';
import type { ByteReader } from './byte-reader.ts';

/** None of the passphrases opens it. */
export class WrongKeyError extends BackupError {}

const version = 'age-encryption.org/v1';
// 2^15 rounds and 32 MiB, off the main thread: the key is random and long already. An archive with more is opened, too.
const usualWorkFactor = 15;
const largestWorkFactor = 20;
const algorithm = 'chacha20-poly1305';
const zeroNonce = Buffer.alloc(12);
const lineLimit = 200;

/** The head of an archive: the key of its content, sealed by the passphrase. */
export async function writeHeader(
  fileKey: Buffer,
  passphrase: string,
  workFactor = usualWorkFactor,
): Promise<Buffer> {
  const salt = randomBytes(16);
  const cipher = createCipheriv(algorithm, await stretch(passphrase, salt, workFactor), zeroNonce, {
    authTagLength: 16,
  });
  const sealed = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
  const text = `${version}\n-> scrypt ${base64(salt)} ${workFactor}\n${base64(sealed)}\n---`;
  return Buffer.from(`${text} ${base64(macOf(fileKey, text))}\n`);
}

/** Reads the head, and answers the key of the content. Throws `BackupError`. */
export async function readHeader(reader: ByteReader, passphrases: readonly string[]): Promise<Buffer> {
  const [first, stanza, body, end] = [
    await reader.takeLine(lineLimit),
    await reader.takeLine(lineLimit),
    await reader.takeLine(lineLimit),
    await reader.takeLine(lineLimit),
  ];
  if (first !== version)
    throw new BackupError('This file is not an archive of a backup, or its first bytes were changed.');
  const [, salt = '', factor = ''] = /^-> scrypt ([A-Za-z0-9+/]{22}) ([1-9]\d?)$/.exec(stanza ?? '') ?? [];
  const mac = /^--- ([A-Za-z0-9+/]{43})$/.exec(end ?? '')?.[1];
  if (salt === '' || mac === undefined || !/^[A-Za-z0-9+/]{43}$/.test(body ?? '')) throw damagedHead();
  if (Number(factor) > largestWorkFactor)
    throw new BackupError(
      `The archive asks for a work factor of ${factor}, and this program takes at most 20.`,
    );
  for (const passphrase of passphrases) {
    const key = await stretch(passphrase, Buffer.from(salt, 'base64'), Number(factor));
    const fileKey = open(key, Buffer.from(body ?? '', 'base64'));
    if (fileKey === undefined) continue;
    const expected = macOf(fileKey, `${first}\n${stanza}\n${body}\n---`);
    if (timingSafeEqual(expected, Buffer.from(mac, 'base64'))) return fileKey;
    throw damagedHead();
  }
  throw new WrongKeyError(
    'BACKUP_KEY does not open this archive: it was made with another key, or its head was changed. Set BACKUP_KEY or BACKUP_KEY_PREVIOUS to the key that was in force when it was made.',
  );
}

function open(key: Buffer, sealed: Buffer): Buffer | undefined {
  try {
    const decipher = createDecipheriv(algorithm, key, zeroNonce, { authTagLength: 16 });
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function stretch(passphrase: string, salt: Buffer, logRounds: number): Promise<Buffer> {
  const labelled = Buffer.concat([Buffer.from('age-encryption.org/v1/scrypt'), salt]);
  const rounds = 2 ** logRounds;
  return new Promise((resolve, reject) => {
    const options = { N: rounds, r: 8, p: 1, maxmem: rounds * 1_024 + 1_048_576 };
    scrypt(passphrase, labelled, 32, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function macOf(fileKey: Buffer, text: string): Buffer {
  const key = Buffer.from(hkdfSync('sha256', fileKey, Buffer.alloc(0), 'header', 32));
  return createHmac('sha256', key).update(text).digest();
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}

function damagedHead(): BackupError {
  return new BackupError('The head of the archive is damaged. Use another one.');
}
