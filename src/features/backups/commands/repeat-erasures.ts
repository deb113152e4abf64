import { existsSync } from 'node:fs';
import path from 'node:path';
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts';
import { claimDataDir } from '#platform/db/embedded/owner-file.ts';
import { openSession, type Session } from '#platform/db/session.ts';
import type { Logger } from '#platform/log.ts';
import {
  listWaiting,
  readErasuresSince,
  repeatErasuresSql,
  type KnownErasure,
} from '../queries/erasures-since.ts';

export type KnownErasures = readonly KnownErasure[] | undefined;

/**
 * What the embedded database in this folder knows of erasures since a backup, before it is replaced; undefined where it cannot be
 * read any more. Throws where a program uses it.
 */
export async function readErasuresOfCluster(
  folder: string,
  takenAt: string,
  log: Logger,
): Promise<KnownErasures> {
  claimDataDir(folder)();
  if (!existsSync(path.join(folder, 'cluster', 'PG_VERSION'))) return undefined;
  try {
    const postgres = await startEmbeddedPostgres({ dataDir: folder, log: () => {} });
    try {
      return await inSession(postgres.url, (session) => readErasuresSince(session, takenAt));
    } finally {
      await postgres.stop();
    }
  } catch (error) {
    log.warn({ err: error }, 'restore: the database that is replaced cannot be read');
    return undefined;
  }
}

/** Has them done again in the restored database. Tells the numbers of receipts of those who were erased and are there again; null where none can be known. */
export function repeatErasures(databaseUrl: string, known: KnownErasures): Promise<string[] | null> {
  return inSession(databaseUrl, async (session) => {
    if (known === undefined) return null;
    const text = repeatErasuresSql(known);
    if (text !== '') await session.query(`begin; ${text} commit;`);
    const erased = known.filter(({ erased_at }) => erased_at !== null);
    return listWaiting(
      session,
      erased.map(({ id }) => id),
    );
  });
}

async function inSession<Result>(
  databaseUrl: string,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await openSession(databaseUrl, 'lms-restore');
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
