import { constants } from 'node:fs';
import { mkdir, open, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { newToken } from '#platform/crypto.ts';
import type { Logger } from '#platform/log.ts';
import { syncFolder } from '#platform/sync-folder.ts';
import { checkKey, FileMissingError, type FileStore, type StoredFile } from './file-store.ts';
import { openLocalFolder, type LocalFolder } from './local-folder.ts';
import { listFiles } from './local-list.ts';
import { draftFolder, pathOfKey, refuseLinks, statFile } from './local-paths.ts';
import { measure, type Measured } from './measure.ts';

const readBytes = 65_536;
const checkBytes = 4_096;

/**
 * A store below a folder, which is made when first needed. `folder` is absolute. A file is written beside, forced to
 * the disk, and only then given its name: whole or not at all, also after a power cut.
 */
export function createLocalStore({ folder, log }: { folder: string; log: Logger }): FileStore {
  const at = openLocalFolder(folder, log);
  return {
    kind: 'local',
    async put(key, source, { signal }) {
      checkKey(key);
      // At once: a source may fail while the folder is being made.
      const measured = measure(source, signal);
      try {
        return await store(at, key, measured, signal);
      } finally {
        source.destroy();
      }
    },
    async read(key, range) {
      checkKey(key);
      const handle = await at.attemptIfThere(
        async () => open(await at.placeOf(key), constants.O_RDONLY | constants.O_NOFOLLOW),
        () => {
          throw new FileMissingError(key);
        },
      );
      return handle.createReadStream({ ...range, highWaterMark: readBytes });
    },
    async find(key) {
      checkKey(key);
      const found = await at.attemptIfThere(
        async () => statFile(await at.placeOf(key)),
        () => undefined,
      );
      return found && { sizeBytes: found.size, modifiedAt: found.mtime };
    },
    async remove(key) {
      checkKey(key);
      await at.attemptIfThere(
        async () => unlink(await at.placeOf(key)),
        () => {},
      );
    },
    list: (prefix) => listFiles(at, prefix),
    async downloadUrl(key) {
      checkKey(key);
      return null;
    },
    async uploadUrl(key) {
      checkKey(key);
      return null;
    },
    check: () => at.attempt(() => writeSomething(at)),
  };
}

async function store(
  at: LocalFolder,
  key: string,
  measured: Measured,
  signal: AbortSignal | undefined,
): Promise<StoredFile> {
  const root = await at.attempt(() => at.prepare());
  const draft = path.join(root, draftFolder, newToken());
  const handle = await at.attempt(() => open(draft, 'wx', 0o600));
  try {
    try {
      for await (const chunk of measured.chunks) await at.attempt(() => handle.writeFile(chunk));
      await at.attempt(() => handle.sync());
    } finally {
      await handle.close();
    }
    signal?.throwIfAborted();
    await at.attempt(() => giveName(root, draft, pathOfKey(key)));
    return measured.result();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function giveName(root: string, draft: string, relative: string): Promise<void> {
  const target = path.join(root, path.dirname(relative));
  const firstMade = await mkdir(target, { recursive: true, mode: 0o700 });
  await refuseLinks(root, path.dirname(relative));
  await rename(draft, path.join(root, relative));
  await syncFolder(target);
  if (firstMade === undefined) return;
  // Each new folder is a name in the one above it.
  const highest = path.dirname(firstMade);
  for (let folder = target; folder !== highest;) {
    folder = path.dirname(folder);
    await syncFolder(folder);
  }
}

/** Finds out what a look at the rights cannot tell: a full disk, and one that became read-only. */
async function writeSomething(at: LocalFolder): Promise<void> {
  const draft = path.join(await at.prepare(), draftFolder, newToken());
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.write(Buffer.alloc(checkBytes));
  } finally {
    await handle.close();
    await unlink(draft);
  }
}
