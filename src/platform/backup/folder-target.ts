import { createHash } from 'node:crypto';
import { link, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { measure } from '#platform/files/measure.ts';
import { syncFolder } from '#platform/sync-folder.ts';
import { BackupError } from './backup-error.ts';
import { backupsOf, takenAtOf, type BackupTarget } from './target.ts';

const draftEnding = '.part';
const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full: free some space, or set BACKUP_DIR to a folder on another disk',
  EDQUOT: 'its quota is used up: raise it, or set BACKUP_DIR to another folder',
  EACCES: 'this user may not read and write it',
  EPERM: 'this user may not read and write it',
  EROFS: 'it is on a disk that is mounted read-only',
  ENOTDIR: 'a file stands where a folder should be',
};

/**
 * Backups as plain files of a folder, which is made when first needed. A file is written beside, forced to the disk, and
 * only then given its name.
 */
export function createFolderTarget(folder: string): BackupTarget {
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      const step = advice[codeOf(error)];
      if (step === undefined) throw error;
      throw new BackupError(`Backups cannot be kept in BACKUP_DIR (${folder}): ${step}.`, { cause: error });
    }
  };
  return {
    place: folder,
    async put(name, source, signal) {
      const measured = measure(source, signal);
      try {
        await attempt(() => mkdir(folder, { recursive: true, mode: 0o700 }));
        return await store(path.join(folder, name), measured.chunks, attempt);
      } finally {
        source.destroy();
      }
    },
    async read(name) {
      try {
        const handle = await open(path.join(folder, name));
        return handle.createReadStream({ highWaterMark: 262_144 });
      } catch (error) {
        if (codeOf(error) === 'ENOENT') throw new BackupError(`There is no backup ${name} in ${folder}.`);
        throw error;
      }
    },
    list: () =>
      attempt(async () => {
        const names = (await namesIn(folder)).filter((name) => takenAtOf(name) !== undefined);
        const sized = names.map(async (name) => ({
          name,
          sizeBytes: (await stat(path.join(folder, name))).size,
        }));
        return backupsOf(await Promise.all(sized));
      }),
    remove: (name) => attempt(() => rm(path.join(folder, name), { force: true })),
    tidy: () =>
      attempt(async () => {
        for (const name of await namesIn(folder)) {
          const [whole = '', draft] = name.split(/\.(?=[0-9a-f]{8}\.part$)/);
          if (draft !== undefined && takenAtOf(whole) !== undefined)
            await rm(path.join(folder, name), { force: true });
        }
      }),
  };
}

async function store(
  file: string,
  chunks: AsyncIterable<Buffer>,
  attempt: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<number> {
  const mark = createHash('sha256').update(`${process.pid} ${performance.now()}`).digest('hex').slice(0, 8);
  const draft = `${file}.${mark}${draftEnding}`;
  const handle = await attempt(() => open(draft, 'wx', 0o600));
  let sizeBytes = 0;
  try {
    try {
      for await (const chunk of chunks) {
        await attempt(() => handle.writeFile(chunk));
        sizeBytes += chunk.length;
      }
      await attempt(() => handle.sync());
    } finally {
      await handle.close();
    }
    // A link, unlike a rename, never takes the place of another backup.
    await link(draft, file).catch((error: unknown) => {
      if (codeOf(error) === 'EEXIST')
        throw new BackupError(`There is a backup ${path.basename(file)} already.`);
      throw error;
    });
    await syncFolder(path.dirname(file));
    return sizeBytes;
  } finally {
    await rm(draft, { force: true });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
