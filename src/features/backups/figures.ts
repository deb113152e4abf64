import { hasBackups } from '#platform/backup/open-target.ts';
import type { Deps } from '#platform/deps.ts';
import { addGauge, type Metrics, type Sample } from '#platform/metrics.ts';
import { listLatestRuns, type LatestRuns, type RunKind } from './queries/runs.ts';

const keptMs = 5_000;

/**
 * What the database knows of backups, read at the scrape. Absent while it is away, and each figure until there is
 * something to tell. They are the same for all processes: take the maximum, not the sum.
 */
export function addBackupFigures(
  metrics: Metrics,
  { config, db, clock, log }: Pick<Deps, 'config' | 'db' | 'clock' | 'log'>,
): void {
  let taken: { at: number; runs: Promise<LatestRuns[]> } | undefined;
  const read = () => {
    const now = performance.now();
    // The gauges of one scrape are read one after the other.
    if (!taken || now - taken.at > keptMs) {
      const runs = listLatestRuns(db).catch((error: unknown) => {
        log.debug({ err: error }, 'metrics: the figures of backups are absent');
        return [];
      });
      taken = { at: now, runs };
    }
    return taken.runs;
  };
  const add = (name: string, help: string, kind: RunKind, valueOf: (runs: LatestRuns) => number | null) =>
    addGauge(metrics, name, help, [], async () => {
      const runs = (await read()).find((each) => each.kind === kind);
      return samplesOf(runs ? valueOf(runs) : null);
    });
  const ageOf = ({ startedAt }: LatestRuns) =>
    startedAt === null ? null : Math.max(0, (clock.now().getTime() - startedAt.getTime()) / 1_000);
  addGauge(
    metrics,
    'lms_backup_configured',
    '1 where the settings have backups made; absent of a demonstration without them, which needs none.',
    [],
    async () => {
      if (hasBackups(config)) return [{ value: 1 }];
      return config.demoMode === true ? [] : [{ value: 0 }];
    },
  );
  add('lms_backup_age_seconds', 'Since the last whole backup was begun.', 'backup', ageOf);
  add(
    'lms_backup_verified_age_seconds',
    'Since a backup was last restored for a look and found sound.',
    'verification',
    ageOf,
  );
  add('lms_backup_size_bytes', 'Size of the last whole backup.', 'backup', ({ sizeBytes }) => sizeBytes);
  add(
    'lms_backup_duration_seconds',
    'How long the last whole backup took.',
    'backup',
    ({ seconds }) => seconds,
  );
  addGauge(
    metrics,
    'lms_backup_last_succeeded',
    '1 where the last run of the kind (backup, verification) succeeded, 0 where it failed or was interrupted.',
    ['kind'],
    async () =>
      (await read()).map(({ kind, lastOutcome }) => ({
        labels: { kind },
        value: lastOutcome === 'succeeded' ? 1 : 0,
      })),
  );
}

function samplesOf(value: number | null): Sample[] {
  return value === null ? [] : [{ value }];
}
