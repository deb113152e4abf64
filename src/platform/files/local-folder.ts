import { mkdir, readdir, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '#platform/log.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import { draftFolder, pathOfKey, refuseLinks } from './local-paths.ts';
import { explainTrouble, isMissing } from './local-trouble.ts';

// A draft is touched by each write; one this old belongs to a process that was killed.
const staleDraftMs = 24 * 60 * 60_000;
const tidyEveryMs = 60 * 60_000;

export type LocalFolder = {
  folder: string;
  /** The folder's true place, made where it is missing. */
  prepare(): Promise<string>;
  /** Where a key's file is. Throws where a link is on the way, or nothing was ever stored there. */
  placeOf(key: string): Promise<string>;
  /** Does the work; what the file system refuses is thrown as clients and operators understand it. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
  /** The same, with another outcome where what it needs is not there. */
  attemptIfThere<T>(work: () => Promise<T>, otherwise: () => T): Promise<T>;
};

export function openLocalFolder(folder: string, log: Logger): LocalFolder {
  const warn = createSparseWarn();
  let tidiedAt = Number.NEGATIVE_INFINITY;
  const attempt: LocalFolder['attempt'] = async (work) => {
    try {
      return await work();
    } catch (error) {
      throw explainTrouble(error, folder, (message) => warn(log, 'folder', { err: error }, message));
    }
  };
  return {
    folder,
    attempt,
    attemptIfThere: (work, otherwise) =>
      attempt(async () => {
        try {
          return await work();
        } catch (error) {
          if (isMissing(error)) return otherwise();
          throw error;
        }
      }),
    async prepare() {
      await mkdir(path.join(folder, draftFolder), { recursive: true, mode: 0o700 });
      const root = await realpath(folder);
      if (performance.now() - tidiedAt > tidyEveryMs) {
        tidiedAt = performance.now();
        await removeStaleDrafts(root);
      }
      return root;
    },
    async placeOf(key) {
      const relative = pathOfKey(key);
      const root = await realpath(folder);
      await refuseLinks(root, path.dirname(relative));
      return path.join(root, relative);
    },
  };
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
