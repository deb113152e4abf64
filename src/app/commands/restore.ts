import { parseArgs } from 'node:util';
import { encryptionKeyMark } from '#features/backups/commands/encryption-key-mark.ts';
import type { Archive } from '#features/backups/commands/find-archive.ts';
import type { Restored } from '#features/backups/commands/restore-backup.ts';
import { CommandError, usageError } from '#app/command-error.ts';
import { bringUpToDate } from '#app/database-setup.ts';
import { openDeps } from '#app/deps.ts';
import { recordCommand } from '#app/record-command.ts';
import { readSettings } from '#app/settings.ts';
import { listenForStop } from '#app/signals.ts';
import type { Config } from '#platform/config/config.ts';
import { openFileStore } from '#platform/files/open-store.ts';
import { createLogger, type Logger } from '#platform/log.ts';

type Wish = { config: Config; archive: Archive; log: Logger; signal: AbortSignal };

/** `restore ARCHIVE`: puts a backup back, or with `--verify` only tries whether that can be done. */
export async function restoreCommand(args: string[]): Promise<void> {
  const { wanted, isVerifying, isReplacing } = readArguments(args);
  const { config } = await readSettings();
  const log = createLogger({ level: 'warn', service: 'restore', version: config.version });
  const { findArchive } = await import('#features/backups/commands/find-archive.ts');
  const stop = listenForStop(log);
  try {
    const archive = await findArchive(config, log, wanted);
    const wish = { config, archive, log, signal: stop.signal };
    tell(isVerifying ? await verify(wish, wanted) : await restore(wish, isReplacing), isVerifying, config);
  } finally {
    stop.release();
  }
}

function readArguments(args: string[]): { wanted: string; isVerifying: boolean; isReplacing: boolean } {
  const usage = 'Use "lms restore NAME", where NAME is a backup, the path of an archive or "latest".';
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { verify: { type: 'boolean' }, force: { type: 'boolean' } },
      allowPositionals: true,
      strict: true,
    });
    const [wanted, ...more] = positionals;
    if (wanted === undefined || more.length > 0) throw usageError(usage);
    return { wanted, isVerifying: values.verify === true, isReplacing: values.force === true };
  } catch (error) {
    throw error instanceof CommandError ? error : usageError(`${(error as Error).message.split('.', 1)[0]}.`);
  }
}

/** That of the newest one is written down, as the weekly one is, so that figures and alerts know of it. */
async function verify(wish: Wish, wanted: string): Promise<Restored> {
  const { canNoteRuns, verifyArchive } = await import('#features/backups/commands/verify-backup.ts');
  const { databaseUrl } = wish.config;
  const isNoted = wanted === 'latest' && databaseUrl !== null && (await canNoteRuns(databaseUrl));
  const verified = isNoted ? await verifyNoted(wish, databaseUrl) : await verifyArchive(wish);
  if (verified === 'busy') throw new CommandError('Another process verifies a backup at this moment.');
  return verified;
}

async function verifyNoted({ config, log, signal }: Wish, databaseUrl: string): Promise<Restored | 'busy'> {
  const { verifyNewest } = await import('#features/backups/commands/verify-backup.ts');
  const open = openDeps({ config, databaseUrl, log, role: 'api' });
  try {
    const verified = await verifyNewest(open.deps, signal);
    if (verified === 'nothing') throw new CommandError('There is no backup any more.');
    return verified;
  } finally {
    await open.close();
  }
}

async function restore({ config, archive, log, signal }: Wish, isReplacing: boolean): Promise<Restored> {
  const { restoreBackup } = await import('#features/backups/commands/restore-backup.ts');
  const store = openFileStore(config, log);
  const restored = await restoreBackup({ config, store, archive, isReplacing, log, signal });
  const { databaseUrl: url } = config;
  if (url !== null) await bringUpToDate({ url, ownerUrl: config.databaseOwnerUrl ?? url }, config, log);
  const { takenAt } = restored.manifest;
  const after = { archive: restored.archive, takenAt };
  await recordCommand(config, { action: 'backup.restored', after });
  return restored;
}

function tell({ archive, manifest, broken }: Restored, isVerifying: boolean, config: Config): void {
  const { takenAt, database, stored } = manifest;
  const rows = Object.values(database.rows ?? {}).reduce((sum, count) => sum + count, 0);
  const what = database.rows === null ? 'a cluster' : `${rows} rows`;
  const done = isVerifying ? 'can be restored' : 'is restored';
  process.stdout.write(
    `${archive} of ${takenAt} ${done}: ${what} of PostgreSQL ${database.postgres}, ${stored.count} files of ${stored.sizeBytes} bytes.\n`,
  );
  if (manifest.encryptionKeyMark !== encryptionKeyMark(config)) {
    process.stdout.write(
      'ENCRYPTION_KEY is another than at the backup: set the one of then, at least as ENCRYPTION_KEY_PREVIOUS, or the secrets of webhooks cannot be read.\n',
    );
  }
  if (broken.length === 0) return;
  const lines = broken.map(({ check, rows: count }) => `- ${check}: not so for ${count} rows`);
  throw new CommandError(`The restored data is not consistent:\n${lines.join('\n')}`);
}
