import { optionsOf } from '#app/command-error.ts';
import { bringUpToDate, provideDatabase } from '#app/database-setup.ts';
import { readSettings } from '#app/settings.ts';
import { createLogger } from '#platform/log.ts';

/** Applies what the database lacks, then ends. */
export async function migrateCommand(args: string[]): Promise<void> {
  optionsOf(args, {});
  const { config } = await readSettings();
  const log = createLogger({ level: config.logLevel, service: 'migrate', version: config.version });
  const database = await provideDatabase(config, log);
  try {
    await bringUpToDate(database, config, log);
    log.info('the database is up to date');
  } finally {
    await database.stop();
  }
}
