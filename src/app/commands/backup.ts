import type { TakenBackup } from '#features/backups/commands/take-backup.ts';
import { CommandError, optionsOf } from '#app/command-error.ts';
import { provideRunningDatabase } from '#app/database-setup.ts';
import { openDeps } from '#app/deps.ts';
import { readSettings } from '#app/settings.ts';
import { listenForStop } from '#app/signals.ts';
import { openTarget } from '#platform/backup/open-target.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { createLogger } from '#platform/log.ts';

/** `backup`: makes one now, or lists those that are there. While the system runs or not. */
export async function backupCommand(args: string[]): Promise<void> {
  const { list = false } = optionsOf(args, { list: { type: 'boolean' } });
  const { config } = await readSettings();
  const log = createLogger({ level: 'warn', service: 'backup', version: config.version });
  if (list) {
    const stored = await openTarget(config, log).list();
    for (const { name, sizeBytes } of stored) process.stdout.write(`${name}  ${sizeBytes} bytes\n`);
    return;
  }
  const { takeBackup } = await import('#features/backups/commands/take-backup.ts');
  const stop = listenForStop(log);
  try {
    const database = await provideRunningDatabase(config, log);
    try {
      const open = openDeps({ config, databaseUrl: database.url, log, role: 'api' });
      try {
        const taken = await takeBackup(open.deps, stop.signal);
        tell(taken);
        if (taken !== 'busy') await recordMade(open.deps, taken);
      } finally {
        await open.close();
      }
    } finally {
      await database.stop();
    }
  } finally {
    stop.release();
  }
}

/** Whoever makes one has all data in hand. Those of the clock go where the settings say. */
async function recordMade({ db, audit }: Deps, { name: archive }: TakenBackup): Promise<void> {
  const entry = { action: 'backup.made', after: { archive } } as const;
  await inTransaction(db, (tx) => audit.from({ kind: 'commandLine' }).record(tx, entry));
}

function tell(taken: TakenBackup | 'busy'): void {
  if (taken === 'busy') throw new CommandError('Another process makes a backup at this moment.');
  const { name, sizeBytes, seconds, removed } = taken;
  process.stdout.write(`Made ${name}: ${sizeBytes} bytes in ${seconds.toFixed(1)} s.\n`);
  for (const old of removed) process.stdout.write(`Removed ${old}, which is kept no longer.\n`);
}
