import { createHash } from 'node:crypto';
import { addAbortSignal, type Readable } from 'node:stream';
import type { StoredFile } from './file-store.ts';

/** The bytes of a source as they pass, and at the end their count and hash. */
export type Measured = { chunks: AsyncIterable<Buffer>; result(): StoredFile };

/**
 * Reads a source once. It ends, with the source's error, where the source fails, is closed before its end, or the
 * signal is aborted. The source is then destroyed, as it is where the reader stops early.
 */
export function measure(source: Readable, signal?: AbortSignal): Measured {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  // The reader learns of an error by the loop below; one that comes before or after it would end the process.
  source.on('error', () => {});
  if (signal) addAbortSignal(signal, source);
  return {
    chunks: (async function* () {
      try {
        for await (const given of source as AsyncIterable<Buffer | Uint8Array | string>) {
          const chunk = Buffer.isBuffer(given) ? given : Buffer.from(given);
          if (chunk.length === 0) continue;
          sizeBytes += chunk.length;
          hash.update(chunk);
          yield chunk;
        }
      } catch (error) {
        // The reason, and not the error that the stream made of it.
        signal?.throwIfAborted();
        throw error;
      }
    })(),
    result: () => ({ sizeBytes, sha256: hash.digest() }),
  };
}
