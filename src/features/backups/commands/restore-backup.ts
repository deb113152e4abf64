import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import type { Manifest } from '#platform/backup/archive.ts';
import { BackupError } from '#platform/backup/backup-error.ts';
import { readArchive } from '#platform/backup/read-archive.ts';
import { ownerUrlOf, type Config } from '#platform/config/config.ts';
import { claimDataDir } from '#platform/db/embedded/owner-file.ts';
import { migrate } from '#platform/db/migrate.ts';
import { openSession } from '#platform/db/session.ts';
import type { FileStore } from '#platform/files/file-store.ts';
import type { Logger } from '#platform/log.ts';
import type { Broken } from '../queries/consistency.ts';
import { applySentSql, readMigrationNames, rememberSentSql } from '../queries/keeping-sent.ts';
import { emptyDatabaseSql, readOccupancy } from '../queries/restoring.ts';
import { takeLock } from '../queries/snapshot.ts';
import { noteArchivedFiles } from './archived-files.ts';
import { embeddedFolder } from './database-of.ts';
import { examine } from './examine.ts';
import type { Archive } from './find-archive.ts';
import { requireReadable } from './require-readable.ts';
import { restoreCluster } from './restore-cluster.ts';
import { restoreDump } from './restore-dump.ts';

export type RestoreOptions = {
  config: Config;
  store: FileStore;
  archive: Archive;
  /** Whether what is in the database may be replaced. */
  isReplacing: boolean;
  log: Logger;
  signal: AbortSignal;
};

export type Restored = { archive: string; manifest: Manifest; broken: Broken[] };

/**
 * Restores an archive: reads all of it once, so that nothing is changed where anything is wrong with it, then once more
 * into the database and the store. The database is changed at once at the end or not at all. Throws `BackupError`.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { config, archive } = options;
  const manifest = await readArchive(await archive.read());
  await requireReadable(manifest);
  const { kind } = manifest.database;
  const databaseUrl = ownerUrlOf(config);
  if ((kind === 'cluster') !== (databaseUrl === null)) throw wrongKind(kind);
  const broken =
    databaseUrl === null
      ? await replaceCluster(options)
      : await replaceDatabase(options, databaseUrl, manifest);
  return { archive: archive.name, manifest, broken };
}

function wrongKind(kind: 'dump' | 'cluster'): BackupError {
  return new BackupError(
    kind === 'dump'
      ? 'The archive holds a dump, which goes into the database of a DATABASE_URL: set one.'
      : 'The archive holds the files of an embedded database: restore it where DATABASE_URL is not set.',
  );
}

async function replaceDatabase(
  options: RestoreOptions,
  databaseUrl: string,
  { takenAt, database }: Manifest,
): Promise<Broken[]> {
  const { config, archive, store, signal, isReplacing } = options;
  const session = await openSession(databaseUrl, 'lms-restore');
  const files = await noteArchivedFiles();
  try {
    if (!(await takeLock(session, 'restore')))
      throw new BackupError('Another process restores a backup here.');
    const { isOwner, hasTables, people, connections } = await readOccupancy(session);
    if (!isOwner)
      throw new BackupError(
        `The account of ${config.databaseOwnerUrl === null ? 'DATABASE_URL' : 'DATABASE_OWNER_URL'} may not replace the tables: set DATABASE_OWNER_URL, the address of their owner.`,
      );
    if (connections > 0)
      throw new BackupError('The system runs on this database: stop every api, worker and scheduler first.');
    if (people > 0 && !isReplacing) throw occupied(`The database has ${people} people in it`);
    // Only tables of the same columns can be taken over.
    const isKnown = (await readMigrationNames(session)).join() === database.migrations.toSorted().join();
    await restoreDump({
      archive,
      databaseUrl,
      firstSql: `${isKnown ? rememberSentSql(takenAt) : ''}${hasTables ? emptyDatabaseSql : ''}`,
      lastSql: isKnown ? applySentSql : '',
      store,
      files,
      signal,
    });
    await migrate(databaseUrl);
    return await examine(databaseUrl, files);
  } finally {
    await files.remove();
    await session.close();
  }
}

/** The new cluster is made whole beside the old one, and takes its place by its name. */
async function replaceCluster(options: RestoreOptions): Promise<Broken[]> {
  const { config, archive, store, log, signal, isReplacing } = options;
  const place = embeddedFolder(config);
  const isThere = existsSync(place);
  if (isThere && !isReplacing) throw occupied(`There is a database in ${place}`);
  const release = isThere ? claimDataDir(place) : () => {};
  const mark = randomBytes(4).toString('hex');
  const [fresh, old] = [`${place}.restored-${mark}`, `${place}.replaced-${mark}`];
  const files = await noteArchivedFiles();
  try {
    await mkdir(fresh, { recursive: true, mode: 0o700 });
    const { postgres } = await restoreCluster({ archive, folder: fresh, store, files, log, signal });
    let broken: Broken[];
    try {
      await migrate(postgres.url);
      broken = await examine(postgres.url, files);
    } finally {
      await postgres.stop();
    }
    if (isThere) await rename(place, old);
    await rename(fresh, place);
    await rm(old, { recursive: true, force: true });
    return broken;
  } finally {
    release();
    await files.remove();
    await rm(fresh, { recursive: true, force: true, maxRetries: 5 });
  }
}

function occupied(what: string): BackupError {
  return new BackupError(`${what}: restore into an empty one, or say --force to replace it.`);
}
