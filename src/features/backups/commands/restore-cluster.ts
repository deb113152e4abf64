import { mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { entryNames, type Manifest } from '#platform/backup/archive.ts';
import { BackupError } from '#platform/backup/backup-error.ts';
import { readArchive } from '#platform/backup/read-archive.ts';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts';
import { openSession } from '#platform/db/session.ts';
import type { FileStore } from '#platform/files/file-store.ts';
import type { Logger } from '#platform/log.ts';
import { mendCluster } from '../queries/restoring.ts';
import type { ArchivedFiles } from './archived-files.ts';
import type { Archive } from './find-archive.ts';
import { putStored } from './put-stored.ts';

export type ClusterRestore = {
  archive: Archive;
  /** An empty folder of its own; becomes the data folder of an embedded PostgreSQL. */
  folder: string;
  store: FileStore | null;
  files: ArchivedFiles;
  log: Logger;
  signal: AbortSignal;
};

/** Reads an archive of an embedded database into a folder, starts the database there, and mends what is to be mended. */
export async function restoreCluster(
  options: ClusterRestore,
): Promise<{ manifest: Manifest; postgres: EmbeddedPostgres }> {
  const { archive, folder, store, files, log, signal } = options;
  const root = path.join(folder, 'cluster');
  await mkdir(root, { recursive: true, mode: 0o700 });
  const manifest = await readArchive(await archive.read(), {
    async folder(name) {
      await mkdir(placeOf(root, name), { recursive: true, mode: 0o700 });
    },
    async file(name, content) {
      signal.throwIfAborted();
      if (name.startsWith(entryNames.cluster)) await writeFile(placeOf(root, name), content);
      else if (name.startsWith(entryNames.stored) && store !== null)
        await putStored(store, name, content, signal);
    },
    read: (entry) => files.note(entry),
  });
  if (manifest.database.kind !== 'cluster')
    throw new BackupError('The archive holds no files of an embedded database.');
  const postgres = await startEmbeddedPostgres({
    dataDir: folder,
    log: (level, message, { pid: databasePid, ...fields } = {}) =>
      log[level]({ databasePid, ...fields }, message),
  });
  try {
    const session = await openSession(postgres.url, 'lms-restore');
    try {
      await mendCluster(session);
    } finally {
      await session.close();
    }
    return { manifest, postgres };
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

/** Throws for a name that leads out of the folder: the archive's key may be known to others than its maker. */
function placeOf(root: string, name: string): string {
  const place = path.join(root, name.slice(entryNames.cluster.length));
  if (name.startsWith(entryNames.cluster) && (place === root || place.startsWith(`${root}${path.sep}`)))
    return place;
  throw new BackupError(`The archive is not sound: ${name} is no place for a file of a database.`);
}

async function writeFile(file: string, content: AsyncIterable<Buffer>): Promise<void> {
  const handle = await open(file, 'wx', 0o600);
  try {
    for await (const chunk of content) await handle.writeFile(chunk);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
