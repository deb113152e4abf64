import { createEncryption } from '#platform/crypto.ts';
import type { Config } from '#platform/config/config.ts';

/** By which an ENCRYPTION_KEY is known again without being told. */
export function encryptionKeyMark({ encryptionKey }: Pick<Config, 'encryptionKey'>): string {
  const [mac] = createEncryption(encryptionKey, null).macs('the key that was in force at a backup');
  return mac.toString('hex', 0, 8);
}
