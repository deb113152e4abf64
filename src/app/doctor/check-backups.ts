import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { BackupError } from '#platform/backup/backup-error.ts';
import { hasBackups, openTarget } from '#platform/backup/open-target.ts';
import { requireClient } from '#platform/backup/postgres-programs.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config/config.ts';
import { createLogger } from '#platform/log.ts';
import { failed, fine, skipped, warning, type Finding } from './finding.ts';

// As the alert BackupOld has it.
const oldestHours = 26;

/** Writes a small file where backups are kept, removes it, and looks how old the newest backup is. */
export async function checkBackups(config: Config, clock: Clock): Promise<Finding[]> {
  if (!hasBackups(config)) return [skipped('backups', 'none are made: BACKUP_DIR or BACKUP_KEY is not set')];
  const log = createLogger({
    level: 'warn',
    service: 'doctor',
    version: config.version,
    destination: { write: () => {} },
  });
  const target = openTarget(config, log);
  const probe = `probe-${randomUUID()}`;
  try {
    await target.put(
      probe,
      Readable.from([Buffer.from('written by "lms doctor"')]),
      new AbortController().signal,
    );
    await target.remove(probe);
    const [newest] = await target.list();
    return [
      newest === undefined
        ? warning('backups', `none yet in ${target.place}`, 'Make one: "lms backup".')
        : checkAge(newest.name, clock.now().getTime() - newest.takenAt.getTime()),
    ];
  } catch (error) {
    return [tellFailure(error, target.place)];
  }
}

type ClientSettings = Parameters<typeof hasBackups>[0] & Pick<Config, 'databaseUrl'>;

/** Whether pg_dump, where backups are made by it, can read a server of this major version. */
export async function checkClient(config: ClientSettings, serverMajor: number): Promise<Finding[]> {
  if (!hasBackups(config) || config.databaseUrl === null) return [];
  try {
    return [fine('pg_dump', `of PostgreSQL ${await requireClient('pg_dump', serverMajor)}`)];
  } catch (error) {
    if (!(error instanceof BackupError)) throw error;
    return [failed('pg_dump', error.message, 'Until then no backup can be made from here.')];
  }
}

function checkAge(name: string, ageMs: number): Finding {
  const hours = Math.round(ageMs / 3_600_000);
  const detail = `the newest, ${name}, is ${hours} h old`;
  const advice =
    'Make one now: "lms backup". A scheduler asks for one each night, and a worker with the queue "maintenance" makes it; the table backup_run says why not.';
  return hours > oldestHours ? failed('backups', detail, advice) : fine('backups', detail);
}

function tellFailure(error: unknown, place: string): Finding {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: { code?: unknown } };
  const reason = error instanceof BackupError ? error.message : `${place} cannot be used (${String(code)})`;
  // As it is in containers other than the worker's.
  return cause?.code === 'EROFS'
    ? warning('backups', reason, 'Workers alone write there: ask "lms doctor" where one runs.')
    : failed('backups', reason, 'Let the user of the program write there, and make room.');
}
