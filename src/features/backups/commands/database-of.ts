import path from 'node:path';
import { BackupError } from '#platform/backup/backup-error.ts';
import { isEmbedded, type Config } from '#platform/config/config.ts';
import { findRunningUrl } from '#platform/db/embedded/running.ts';
import type { Deps } from '#platform/deps.ts';

/** What backups are made with. */
export type BackupDeps = Pick<Deps, 'config' | 'db' | 'files' | 'clock' | 'log'>;

/** The data folder of the embedded database. */
export function embeddedFolder(config: Pick<Config, 'dataDir'>): string {
  return path.join(config.dataDir, 'postgres');
}

/** Where the database is that runs now. Throws `BackupError` where it is ours and does not run. */
export function databaseUrlOf(config: Config): string {
  if (!isEmbedded(config) && config.databaseUrl !== null) return config.databaseUrl;
  const url = findRunningUrl(embeddedFolder(config));
  if (url === undefined)
    throw new BackupError('The embedded database does not run at this moment. Try again.');
  return url;
}

/** The same server's database of another name. */
export function withDatabase(databaseUrl: string, name: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${name}`;
  return url.href;
}
