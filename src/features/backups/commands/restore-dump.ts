import { entryNames, type Manifest } from '#platform/backup/archive.ts';
import { BackupError } from '#platform/backup/backup-error.ts';
import { loadDump, type DumpLoad } from '#platform/backup/load-dump.ts';
import { readArchive } from '#platform/backup/read-archive.ts';
import type { FileStore } from '#platform/files/file-store.ts';
import { afterRestoreSql, compareRowsSql } from '../queries/restoring.ts';
import type { ArchivedFiles } from './archived-files.ts';
import type { Archive } from './find-archive.ts';
import { putStored } from './put-stored.ts';

export type DumpRestore = {
  archive: Archive;
  databaseUrl: string;
  /** Runs first, in the same transaction. */
  firstSql: string;
  /** Runs last, when the rows were compared. */
  lastSql: string;
  /** Where the files go; null where they are only looked at. */
  store: FileStore | null;
  files: ArchivedFiles;
  signal: AbortSignal;
};

/**
 * Reads an archive into a database and a store. The database is changed in one transaction, which is committed when all
 * of the archive was read, each checksum was right and each table has the rows that were backed up.
 */
export async function restoreDump(options: DumpRestore): Promise<Manifest> {
  const { archive, databaseUrl, firstSql, lastSql, store, files, signal } = options;
  let load: DumpLoad | undefined;
  try {
    const manifest = await readArchive(await archive.read(), {
      async file(name, content) {
        signal.throwIfAborted();
        if (name.startsWith(entryNames.dump)) {
          load ??= loadDump(databaseUrl, firstSql);
          for await (const part of content) await load.write(part);
        } else if (name.startsWith(entryNames.stored) && store !== null)
          await putStored(store, name, content, signal);
      },
      read: (entry) => files.note(entry),
    });
    const { kind, rows } = manifest.database;
    if (load === undefined || rows === null)
      throw new BackupError('The archive holds no dump of a database.');
    await load.finish();
    await load.run(compareRowsSql(rows));
    await load.run(afterRestoreSql(kind));
    await load.run(lastSql);
    await load.commit();
    return manifest;
  } finally {
    await load?.abort();
  }
}
