import { Readable } from 'node:stream';
import { entryNames } from '#platform/backup/archive.ts';
import type { FileStore } from '#platform/files/file-store.ts';

/** Puts a file of an archive back under its key, in place of what may be there. */
export async function putStored(
  store: FileStore,
  name: string,
  content: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<void> {
  const key = name.slice(entryNames.stored.length);
  await store.put(key, Readable.from(content), { contentType: 'application/octet-stream', signal });
}
