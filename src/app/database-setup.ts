import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '#platform/config/config.ts';
import { EmbeddedPostgresError, startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts';
import { findRunningUrl } from '#platform/db/embedded/running.ts';
import type { Logger } from '#platform/log.ts';

/** Where the database is, the same by the account that owns its tables, and how to stop it where it is ours. */
export type RunningDatabase = { url: string; ownerUrl: string; stop(): Promise<void> };

/** The database of DATABASE_URL, or a PostgreSQL of our own in DATA_DIR. */
export async function provideDatabase(config: Config, log: Logger): Promise<RunningDatabase> {
  const { databaseUrl: url, databaseOwnerUrl } = config;
  if (url !== null) return { url, ownerUrl: databaseOwnerUrl ?? url, stop: async () => {} };
  const embedded = await startEmbeddedPostgres({
    dataDir: folderOf(config),
    // A line of the log has the process id of the program itself already.
    log: (level, message, { pid: databasePid, ...fields } = {}) =>
      log[level]({ databasePid, ...fields }, message),
  });
  return { url: embedded.url, ownerUrl: embedded.url, stop: () => embedded.stop() };
}

/**
 * For a command that works while the system runs or not: the same database, up to date. Where the embedded one is in
 * use by a program that runs, it is shared and left as it is.
 */
export function provideUpToDateDatabase(config: Config, log: Logger): Promise<RunningDatabase> {
  return provideShared(config, async () => {
    const database = await provideDatabase(config, log);
    // That of a DATABASE_URL is migrated by whoever deploys.
    if (config.databaseUrl !== null) return database;
    await bringUpToDate(database, config, log).catch(async (error: unknown) => {
      await database.stop();
      throw error;
    });
    return database;
  });
}

/** Whether there is a database to speak of: an embedded one is made by the program's first start. */
export function hasDatabase(config: Config): boolean {
  return config.databaseUrl !== null || existsSync(path.join(folderOf(config), 'cluster', 'PG_VERSION'));
}

/** The same, left as it is in any case. */
export function provideRunningDatabase(config: Config, log: Logger): Promise<RunningDatabase> {
  return provideShared(config, () => provideDatabase(config, log));
}

async function provideShared(
  config: Config,
  provide: () => Promise<RunningDatabase>,
): Promise<RunningDatabase> {
  try {
    return await provide();
  } catch (error) {
    const isInUse = error instanceof EmbeddedPostgresError && error.code === 'in_use';
    const url = isInUse ? findRunningUrl(folderOf(config)) : undefined;
    if (url === undefined) throw error;
    return { url, ownerUrl: url, stop: async () => {} };
  }
}

/**
 * Brings schema and job tables up to this version, and lets the account that serves reach them. Harmless twice, and twice
 * at once.
 */
export async function bringUpToDate(
  { url, ownerUrl }: Pick<RunningDatabase, 'url' | 'ownerUrl'>,
  config: Config,
  log: Logger,
): Promise<void> {
  const tell = (message: string) => log.info(message);
  // Loaded only now, so that the embedded database starts while they load.
  const { migrate } = await import('#platform/db/migrate.ts');
  const { installJobs } = await import('#platform/jobs/install.ts');
  await migrate(ownerUrl, { log: tell });
  await installJobs(ownerUrl);
  if (ownerUrl === url) return;
  const { isOneAccount, prepareAppAccount } = await import('#platform/db/app-account.ts');
  await prepareAppAccount(ownerUrl, url, tell);
  if (isOneAccount(ownerUrl, url)) return;
  const { provideScratch } = await import('#features/backups/commands/scratch.ts');
  await provideScratch({ ownerUrl, url, config, tell });
}

function folderOf(config: Config): string {
  return path.join(config.dataDir, 'postgres');
}
