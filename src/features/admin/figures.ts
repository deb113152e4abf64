import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/db/database.ts';
import { queueNames } from '#platform/jobs/definition.ts';
import type { Logger } from '#platform/log.ts';
import { addCounter, addGauge, type Metrics } from '#platform/metrics.ts';
import { withinTime } from '#platform/within-time.ts';
import type { Figure } from './figure.ts';
import { databaseFigures } from './figures-of-database.ts';
import { backlogFigures, businessFigures, queueFigures } from './figures-of-work.ts';
import { kept } from './kept.ts';
import { readBacklog, type Backlog } from './queries/backlog.ts';
import { readDatabaseState, type DatabaseState } from './queries/database-state.ts';
import { claimCounting, findCounts, recount, type Count } from './queries/figures.ts';
import { countQueues, type QueueRow } from './queries/queues.ts';

type FigureSources = { db: Db; clock: Clock; log: Logger };
type Snapshot = { queues: QueueRow[]; counts: Count[]; backlog: Backlog; database: DatabaseState };

const keptMs = 15_000;
// Prometheus waits for 10 s.
const timeoutMs = 3_000;

/**
 * The figures of the whole system, read from the database at the scrape and kept for 15 s: for the scheduler alone, of
 * which there are one or two, so that 50 nodes cost the database no more than one. While it is away they are absent and
 * `lms_figures_up` is 0; the scrape itself succeeds. Two schedulers export the same: take the maximum, not the sum.
 */
export function addFigures(metrics: Metrics, { db, clock, log }: FigureSources): void {
  const snapshot = kept(clock, keptMs, async () => {
    try {
      return await withinTime(timeoutMs, readSnapshot(db, clock));
    } catch (error) {
      log.warn({ err: error }, 'metrics: the figures of the database are absent');
      return null;
    }
  });
  const addAll = <Source>(figures: readonly Figure<Source>[], of: (snapshot: Snapshot) => Source) => {
    for (const { name, help, labels = [], isCounter, samples } of figures) {
      const add = isCounter ? addCounter : addGauge;
      add(metrics, name, help, labels, async () => {
        const taken = await snapshot();
        return taken ? samples(of(taken)) : [];
      });
    }
  };
  addGauge(metrics, 'lms_figures_up', '1 where the figures of the database could be read.', [], async () => [
    { value: (await snapshot()) ? 1 : 0 },
  ]);
  addAll(queueFigures, ({ queues }) => queues);
  addAll(businessFigures, ({ counts }) => counts);
  addAll(backlogFigures, ({ backlog }) => backlog);
  addAll(databaseFigures, ({ database }) => database);
}

async function readSnapshot(db: Db, clock: Clock): Promise<Snapshot> {
  const now = clock.now();
  const [queues, backlog, database] = await Promise.all([
    countQueues(db, queueNames),
    readBacklog(db, now),
    readDatabaseState(db),
  ]);
  return { queues, backlog, database, counts: await sharedCounts(db, now) };
}

/**
 * Counting reads whole tables (600,000 enrollments: 0.2 s), so all processes together do it once in 15 s: the first to
 * find the counts old. The others go on with those until the new ones are there.
 */
async function sharedCounts(db: Db, now: Date): Promise<Count[]> {
  const stored = await findCounts(db);
  const isFresh = stored && Math.abs(now.getTime() - stored.countedAt.getTime()) < keptMs;
  if (stored?.counts && isFresh) return stored.counts;
  const isOurs = await claimCounting(db, now, keptMs);
  return isOurs || !stored?.counts ? recount(db, now) : stored.counts;
}
