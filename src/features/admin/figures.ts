import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/db/database.ts';
import { queueNames } from '#platform/jobs/definition.ts';
import type { Logger } from '#platform/log.ts';
import { addGauge, type Metrics, type Sample } from '#platform/metrics.ts';
import { claimCounting, findCounts, recount, type Count } from './queries/figures.ts';
import { liveStates } from './queries/jobs.ts';
import { countQueues, type QueueRow } from './queries/queues.ts';

export type FigureSources = {
  db: Db;
  clock: Clock;
  log: Logger;
  poolCounts: () => { total: number; idle: number; waiting: number; max: number };
};
type Snapshot = { queues: QueueRow[]; counts: Count[] };

const keptMs = 15_000;
// Prometheus waits for 10 s.
const timeoutMs = 3_000;

const roles = ['admin', 'instructor', 'student'];
const courseStatuses = ['draft', 'published', 'archived'];
const enrollmentStatuses = ['active', 'completed', 'withdrawn'];
const certificateStates = ['valid', 'revoked', 'expired'];

/**
 * The figures that the database knows, read at the scrape and kept for 15 s. While it is away they are absent and
 * `lms_figures_up` is 0; the scrape itself succeeds. They are the same for all processes: take the maximum, not the sum.
 */
export function addFigures(metrics: Metrics, { db, clock, log, poolCounts }: FigureSources): void {
  const snapshot = kept(clock, async () => {
    try {
      return await within(timeoutMs, readSnapshot(db, clock));
    } catch (error) {
      log.warn({ err: error }, 'metrics: the figures of the database are absent');
      return null;
    }
  });
  const add = (name: string, help: string, labels: string[], samplesOf: (snapshot: Snapshot) => Sample[]) =>
    addGauge(metrics, name, help, labels, async () => {
      const taken = await snapshot();
      return taken ? samplesOf(taken) : [];
    });
  addGauge(metrics, 'lms_figures_up', '1 where the figures of the database could be read.', [], async () => [
    { value: (await snapshot()) ? 1 : 0 },
  ]);
  addGauge(
    metrics,
    'lms_database_pool_connections',
    'Connections of this process by state; waiting: requests for one.',
    ['state'],
    async () => {
      const { total, idle, waiting, max } = poolCounts();
      return Object.entries({ active: total - idle, idle, waiting, max }).map(([state, value]) => ({
        labels: { state },
        value,
      }));
    },
  );
  add('lms_jobs', 'Jobs that are not completed, by queue and state.', ['queue', 'state'], ({ queues }) =>
    queueNames.flatMap((queue) =>
      liveStates.map((state) => ({
        labels: { queue, state },
        value: queueIn(queues, queue)?.counts[state] ?? 0,
      })),
    ),
  );
  add(
    'lms_job_oldest_ready_seconds',
    'How long the oldest job that is due has waited.',
    ['queue'],
    ({ queues }) =>
      queueNames.map((queue) => ({
        labels: { queue },
        value: queueIn(queues, queue)?.oldestReadySeconds ?? 0,
      })),
  );
  const addCount = (name: string, help: string, figure: Count['figure'], label: string, values: string[]) =>
    add(name, help, [label], ({ counts }) =>
      values.map((value) => ({ labels: { [label]: value }, value: countIn(counts, figure, value) })),
    );
  addCount('lms_users', 'Active accounts by role.', 'users', 'role', roles);
  addCount('lms_courses', 'Courses by status.', 'courses', 'status', courseStatuses);
  addCount('lms_enrollments', 'Enrollments by status.', 'enrollments', 'status', enrollmentStatuses);
  addCount('lms_certificates', 'Certificates by state.', 'certificates', 'state', certificateStates);
  add('lms_attempts_needing_grading', 'Attempts that wait for a grader.', [], ({ counts }) => [
    { value: countIn(counts, 'attemptsNeedingGrading', '') },
  ]);
}

async function readSnapshot(db: Db, clock: Clock): Promise<Snapshot> {
  const queues = await countQueues(db, queueNames);
  return { queues, counts: await sharedCounts(db, clock.now()) };
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

function queueIn(queues: QueueRow[], name: string): QueueRow | undefined {
  return queues.find((queue) => queue.name === name);
}

function countIn(counts: Count[], figure: Count['figure'], label: string): number {
  return counts.find((count) => count.figure === figure && count.label === label)?.value ?? 0;
}

/** Asked at once and often, reads once in `keptMs`. */
function kept<T>(clock: Clock, read: () => Promise<T>): () => Promise<T> {
  let taken: { at: number; value: Promise<T> } | undefined;
  return () => {
    const now = clock.now().getTime();
    // By the distance, so that a clock that is set back keeps nothing for longer.
    if (!taken || Math.abs(now - taken.at) >= keptMs) taken = { at: now, value: read() };
    return taken.value;
  };
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
