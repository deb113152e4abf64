import { openDatabase } from '#platform/db/database.ts';
import { findBroken, type Broken } from '../queries/consistency.ts';
import type { ArchivedFiles } from './archived-files.ts';

/** Runs the checks of consistency on a restored database, held against the files of its archive. */
export async function examine(databaseUrl: string, files: ArchivedFiles): Promise<Broken[]> {
  const database = openDatabase({
    url: databaseUrl,
    // The table of the archive's files lives in one connection.
    poolSize: 1,
    statementTimeoutMs: 0,
    lockTimeoutMs: 0,
    idleInTransactionTimeoutMs: 0,
    applicationName: 'lms-restore',
    isPreparing: false,
    onError: () => {},
  });
  try {
    await files.load(database.db);
    return await findBroken(database.db);
  } finally {
    await database.close();
  }
}
