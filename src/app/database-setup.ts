import path from 'node:path';
import type { Config } from '#platform/config/config.ts';
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts';
import { migrate } from '#platform/db/migrate.ts';
import { installJobs } from '#platform/jobs/install.ts';
import type { Logger } from '#platform/log.ts';

/** Where the database is, and how to stop it where it is ours. */
export type RunningDatabase = { url: string; isEmbedded: boolean; stop(): Promise<void> };

/** The database of DATABASE_URL, or a PostgreSQL of our own in DATA_DIR. */
export async function provideDatabase(config: Config, log: Logger): Promise<RunningDatabase> {
  if (config.databaseUrl !== null) return { url: config.databaseUrl, isEmbedded: false, stop: async () => {} };
  const embedded = await startEmbeddedPostgres({
    dataDir: path.join(config.dataDir, 'postgres'),
    log: (level, message, fields) => log[level](fields ?? {}, message),
  });
  return { url: embedded.url, isEmbedded: true, stop: () => embedded.stop() };
}

/** Brings schema and job tables up to this version. Harmless twice, and twice at once. */
export async function bringUpToDate(databaseUrl: string, log: Logger): Promise<void> {
  await migrate(databaseUrl, { log: (message) => log.info(message) });
  await installJobs(databaseUrl);
}
