import { Readable } from 'node:stream';
import { encrypt } from '#platform/backup/age.ts';
import { BackupError } from '#platform/backup/backup-error.ts';
import { openBackups } from '#platform/backup/open-target.ts';
import { chooseOutdated } from '#platform/backup/retention.ts';
import { backupName, type BackupTarget } from '#platform/backup/target.ts';
import { writeArchive } from '#platform/backup/write-archive.ts';
import { openSession } from '#platform/db/session.ts';
import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { endInterrupted, endRun, insertRun } from '../queries/runs.ts';
import { takeLock } from '../queries/snapshot.ts';
import { databaseUrlOf, type BackupDeps } from './database-of.ts';
import { fillArchive } from './fill-archive.ts';

export type TakenBackup = { name: string; sizeBytes: number; seconds: number; removed: string[] };

/**
 * Makes a backup and removes those that are kept no longer. Of two at once the second is told `busy`. A backup has its name
 * only when it is whole; its lock ends with the process, however that ends. Throws `BackupError`.
 */
export async function takeBackup(deps: BackupDeps, signal: AbortSignal): Promise<TakenBackup | 'busy'> {
  const { config, db, clock, log } = deps;
  const { target, keys } = openBackups(config, log);
  const session = await openSession(databaseUrlOf(config), 'lms-backup');
  try {
    if (!(await takeLock(session, 'backup'))) return 'busy';
    await endInterrupted(db, 'backup', clock.now());
    const startedAt = clock.now();
    const run = { id: newId(), kind: 'backup' as const, archive: backupName(startedAt), now: startedAt };
    await insertRun(db, run);
    try {
      await target.tidy();
      const stop = AbortSignal.any([signal, session.lost]);
      const archive = encrypt(
        writeArchive((entries, ended) =>
          fillArchive({ deps, session, takenAt: startedAt, signal: AbortSignal.any([stop, ended]) }, entries),
        ),
        keys[0],
      );
      const sizeBytes = await target.put(run.archive, Readable.from(archive), stop);
      const endedAt = clock.now();
      await endRun(db, run.id, { outcome: 'succeeded', sizeBytes, error: null }, endedAt);
      const seconds = (endedAt.getTime() - startedAt.getTime()) / 1_000;
      return { name: run.archive, sizeBytes, seconds, removed: await removeOutdated(deps, target) };
    } catch (error) {
      await noteFailure(deps, run.id, error);
      throw error;
    }
  } finally {
    await session.close();
  }
}

/** Writes down why a run failed; the failure itself is the caller's. */
export async function noteFailure(
  { db, clock, log }: Pick<Deps, 'db' | 'clock' | 'log'>,
  runId: string,
  failure: unknown,
): Promise<void> {
  // Words of others may hold anything.
  const error = failure instanceof BackupError ? failure.message : 'An unexpected failure; the log has it.';
  try {
    await endRun(db, runId, { outcome: 'failed', sizeBytes: null, error }, clock.now());
  } catch (lost) {
    log.warn({ err: lost }, 'backup: its failure could not be written down');
  }
}

// The backup is made: that older ones stay is no failure of it.
async function removeOutdated({ config, log }: BackupDeps, target: BackupTarget): Promise<string[]> {
  const { backupKeepDays: days, backupKeepWeeks: weeks, backupKeepMonths: months } = config;
  const removed: string[] = [];
  try {
    for (const { name } of chooseOutdated(await target.list(), { days, weeks, months })) {
      await target.remove(name);
      removed.push(name);
    }
  } catch (error) {
    log.warn({ err: error }, 'backup: backups that are kept no longer could not be removed');
  }
  return removed;
}
