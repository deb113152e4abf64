import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** A new opaque token of 256 random bits, URL-safe. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored of a token. It has full entropy, so a plain hash cannot be guessed back. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

export type Encryption = {
  /** AES-256-GCM. `context` is authenticated with it, so a value cannot be moved to another row. */
  encrypt(plain: string, context: string): Buffer;
  /** Throws where neither the key nor the previous one made it, or `context` differs. */
  decrypt(sealed: Buffer, context: string): string;
  /** The value sealed anew where the previous key made it; undefined where the present one did. Throws as `decrypt`. */
  renew(sealed: Buffer, context: string): Buffer | undefined;
  /** HMAC-SHA256 of the text by each key, the present one's first: for tokens that can be made again. */
  macs(text: string): [Buffer, ...Buffer[]];
};

/** `key` and `previousKey` are texts with at least 256 bits of entropy; the keys in use are derived from them. */
export function createEncryption(key: string, previousKey: string | null): Encryption {
  const current = deriveKey(key, 'encryption/aes-256-gcm');
  const keys = previousKey ? [current, deriveKey(previousKey, 'encryption/aes-256-gcm')] : [current];
  const macOf = (secret: string, text: string) =>
    createHmac('sha256', deriveKey(secret, 'mac/hmac-sha256')).update(text).digest();
  const decrypt = (sealed: Buffer, context: string) => {
    const opened = keys.values().map((candidate) => open(candidate, sealed, context));
    const plain = opened.find((text) => text !== undefined);
    if (plain === undefined) throw new Error('No configured ENCRYPTION_KEY opens this value.');
    return plain;
  };
  return {
    macs: (text) => [macOf(key, text), ...(previousKey ? [macOf(previousKey, text)] : [])],
    encrypt: (plain, context) => seal(current, plain, context),
    decrypt,
    renew: (sealed, context) =>
      open(current, sealed, context) === undefined
        ? seal(current, decrypt(sealed, context), context)
        : undefined,
  };
}

// Each use has a key of its own.
function deriveKey(text: string, use: string): Buffer {
  return Buffer.from(hkdfSync('sha256', text, 'lms', use, 32));
}

// Layout: 12 bytes nonce, 16 bytes tag, ciphertext.
function seal(key: Buffer, plain: string, context: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

function open(key: Buffer, sealed: Buffer, context: string): string | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(context)).setAuthTag(sealed.subarray(12, 28));
    return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
