import { constants, type Dirent } from 'node:fs';
import { mkdir, open, opendir, readdir, realpath, rename, rm, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { newToken } from '#platform/crypto.ts';
import type { Logger } from '#platform/log.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import { checkKey, FileMissingError } from './file-store.ts';
import type { FileStore, ListedFile, StoredFile } from './file-store.ts';
import { explainTrouble, isMissing } from './local-trouble.ts';
import { draftFolder, folderOfPrefix, keyAtPath, pathOfKey, refuseLinks } from './local-paths.ts';
import { statFile, syncFolder } from './local-paths.ts';
import { measure, type Measured } from './measure.ts';

// A draft is touched by each write; one this old belongs to a process that was killed.
const staleDraftMs = 24 * 60 * 60_000;
const tidyEveryMs = 60 * 60_000;
const checkBytes = 4096;

/**
 * A store below a folder, which is made when first needed. `folder` is absolute. A file is written beside, forced to
 * the disk, and only then given its name: whole or not at all, also after a power cut.
 */
export function createLocalStore({ folder, log }: { folder: string; log: Logger }): FileStore {
  const warn = createSparseWarn();
  let tidiedAt = Number.NEGATIVE_INFINITY;

  /** The store's folder, made where it is missing, without links on the way. */
  const prepare = async (): Promise<string> => {
    await mkdir(path.join(folder, draftFolder), { recursive: true, mode: 0o700 });
    const root = await realpath(folder);
    if (performance.now() - tidiedAt > tidyEveryMs) {
      tidiedAt = performance.now();
      await removeStaleDrafts(root);
    }
    return root;
  };
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw explainTrouble(error, folder, (message) => warn(log, 'folder', { err: error }, message));
    }
  };
  const placeOf = async (key: string) => {
    const relative = pathOfKey(key);
    const root = await realpath(folder);
    await refuseLinks(root, path.dirname(relative));
    return path.join(root, relative);
  };
  const missingAs = async <T>(work: () => Promise<T>, otherwise: () => T): Promise<T> =>
    attempt(async () => {
      try {
        return await work();
      } catch (error) {
        if (isMissing(error)) return otherwise();
        throw error;
      }
    });

  return {
    kind: 'local',
    async put(key, source, options) {
      const relative = pathOfKey(key);
      // At once: a source may fail while the folder is being made.
      const measured = measure(source, options.signal);
      try {
        const root = await attempt(prepare);
        return await store({ root, relative, measured, signal: options.signal, attempt });
      } catch (error) {
        source.destroy();
        throw error;
      }
    },
    async read(key, range) {
      checkKey(key);
      const handle = await missingAs(
        async () => open(await placeOf(key), constants.O_RDONLY | constants.O_NOFOLLOW),
        () => {
          throw new FileMissingError(key);
        },
      );
      return handle.createReadStream({ ...range, highWaterMark: 65_536 });
    },
    find(key) {
      checkKey(key);
      return missingAs(
        async () => {
          const { size: sizeBytes, mtime: modifiedAt } = await statFile(await placeOf(key));
          return { sizeBytes, modifiedAt };
        },
        () => undefined,
      );
    },
    remove(key) {
      checkKey(key);
      return missingAs(
        async () => unlink(await placeOf(key)),
        () => {},
      );
    },
    list: (prefix) => listFiles(folder, folderOfPrefix(prefix), attempt),
    async downloadUrl(key) {
      checkKey(key);
      return null;
    },
    async uploadUrl(key) {
      checkKey(key);
      return null;
    },
    async check() {
      await attempt(async () => {
        const draft = path.join(await prepare(), draftFolder, newToken());
        const handle = await open(draft, 'wx', 0o600);
        try {
          await handle.write(Buffer.alloc(checkBytes));
        } finally {
          await handle.close();
          await unlink(draft);
        }
      });
    },
  };
}

type Attempt = <T>(work: () => Promise<T>) => Promise<T>;

type Storing = {
  root: string;
  relative: string;
  measured: Measured;
  signal: AbortSignal | undefined;
  attempt: Attempt;
};

async function store({ root, relative, measured, signal, attempt }: Storing): Promise<StoredFile> {
  const draft = path.join(root, draftFolder, newToken());
  const handle = await attempt(() => open(draft, 'wx', 0o600));
  try {
    try {
      for await (const chunk of measured.chunks) await attempt(() => handle.writeFile(chunk));
      await attempt(() => handle.sync());
    } finally {
      await handle.close();
    }
    signal?.throwIfAborted();
    await attempt(() => giveName(root, draft, relative));
    return measured.result();
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

async function giveName(root: string, draft: string, relative: string): Promise<void> {
  const target = path.dirname(relative);
  const firstMade = await mkdir(path.join(root, target), { recursive: true, mode: 0o700 });
  await refuseLinks(root, target);
  await rename(draft, path.join(root, relative));
  await syncFolder(path.join(root, target));
  if (firstMade === undefined) return;
  // Each new folder is a name in the one above it.
  for (
    let at = path.dirname(path.join(root, target));
    at.length >= path.dirname(firstMade).length;
    at = path.dirname(at)
  )
    await syncFolder(at);
}

async function removeStaleDrafts(root: string): Promise<void> {
  const before = Date.now() - staleDraftMs;
  const drafts = path.join(root, draftFolder);
  for (const name of await readdir(drafts)) {
    const file = path.join(drafts, name);
    const found = await stat(file).catch(() => undefined);
    if (found && found.mtimeMs < before) await rm(file, { force: true });
  }
}

async function* listFiles(folder: string, below: string, attempt: Attempt): AsyncGenerator<ListedFile> {
  const root = await attempt(() => realpath(folder).catch(ignoreMissing));
  if (root === undefined) return;
  const waiting = [below];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const here = at;
    for await (const entry of entriesOf(path.join(root, here), attempt)) {
      const relative = path.join(here, entry.name);
      // A link is neither.
      if (entry.isDirectory()) waiting.push(relative);
      const key = entry.isFile() ? keyAtPath(relative) : undefined;
      if (key === undefined) continue;
      const found = await attempt(() => statFile(path.join(root, relative)).catch(ignoreMissing));
      if (found) yield { key, sizeBytes: found.size, modifiedAt: found.mtime };
    }
  }
}

async function* entriesOf(folder: string, attempt: Attempt): AsyncGenerator<Dirent> {
  const opened = await attempt(() => opendir(folder).catch(ignoreMissing));
  // Closed by the loop, also where it is left early.
  if (opened) yield* opened;
}

function ignoreMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
