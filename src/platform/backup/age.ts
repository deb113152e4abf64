import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { readHeader, WrongKeyError, writeHeader } from './age-header.ts';
import { BackupError } from './backup-error.ts';
import { openByteReader } from './byte-reader.ts';

/**
 * The format of age (https://c2sp.org/age) with a passphrase: what is written here the tools `age` and `rage` open, and
 * the other way round. Chunks of 64 KiB, each authenticated with its place and with whether it is the last.
 */
const chunkBytes = 65_536;
const tagBytes = 16;
const nonceBytes = 16;
const algorithm = 'chacha20-poly1305';

/** Encrypts as it is read. `workFactor`: the logarithm of the rounds that trying a passphrase takes. */
export async function* encrypt(
  plain: AsyncIterable<Buffer>,
  passphrase: string,
  workFactor?: number,
): AsyncGenerator<Buffer> {
  const fileKey = randomBytes(16);
  yield await writeHeader(fileKey, passphrase, workFactor);
  const nonce = randomBytes(nonceBytes);
  yield nonce;
  const key = payloadKey(fileKey, nonce);
  const reader = openByteReader(plain);
  try {
    for (let count = 0, isLast = false; !isLast; count += 1) {
      const chunk = await reader.take(chunkBytes);
      isLast = await reader.isAtEnd();
      const cipher = createCipheriv(algorithm, key, chunkNonce(count, isLast), { authTagLength: tagBytes });
      yield Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()]);
    }
  } finally {
    await reader.close();
  }
}

/**
 * Decrypts as it is read, with the first passphrase that opens it; gives out nothing that was not authenticated, and
 * throws `BackupError` where a byte was changed or the end is missing.
 */
export async function* decrypt(
  sealed: AsyncIterable<Buffer>,
  passphrases: readonly string[],
): AsyncGenerator<Buffer> {
  const reader = openByteReader(sealed);
  try {
    const fileKey = await readHeader(reader, passphrases);
    const nonce = await reader.take(nonceBytes);
    if (nonce.length < nonceBytes) throw damaged(0);
    const key = payloadKey(fileKey, nonce);
    for (let count = 0, isLast = false; !isLast; count += 1) {
      const chunk = await reader.take(chunkBytes + tagBytes);
      isLast = await reader.isAtEnd();
      // Only a whole payload may be empty, not its last chunk.
      const isOdd = chunk.length < tagBytes || (chunk.length === tagBytes && count > 0);
      const plain = isOdd ? undefined : open(key, chunk, count, isLast);
      if (plain === undefined) throw damaged(count);
      if (plain.length > 0) yield plain;
    }
  } finally {
    await reader.close();
  }
}

/** Whether the passphrase opens it, as far as its head tells. Throws `BackupError` where that is damaged. */
export async function isOpenedBy(sealed: AsyncIterable<Buffer>, passphrase: string): Promise<boolean> {
  const reader = openByteReader(sealed);
  try {
    await readHeader(reader, [passphrase]);
    return true;
  } catch (error) {
    if (error instanceof WrongKeyError) return false;
    throw error;
  } finally {
    await reader.close();
  }
}

function payloadKey(fileKey: Buffer, nonce: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
}

// 11 bytes of counter, and one that marks the last chunk.
function chunkNonce(count: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(count, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function open(key: Buffer, chunk: Buffer, count: number, isLast: boolean): Buffer | undefined {
  try {
    const decipher = createDecipheriv(algorithm, key, chunkNonce(count, isLast), { authTagLength: tagBytes });
    decipher.setAuthTag(chunk.subarray(-tagBytes));
    return Buffer.concat([decipher.update(chunk.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    return undefined;
  }
}

function damaged(chunk: number): BackupError {
  const place = chunk * chunkBytes;
  return new BackupError(
    `The archive is damaged or was cut off: what follows byte ${place} of its content is not what was written. Use another one.`,
  );
}
