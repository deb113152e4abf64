import { fromKysely, type JobWithMetadata, type PgBoss } from 'pg-boss';
import { openDatabase, runSql } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { QueueName } from './definition.ts';
import { jobChannelSql, jobSchema } from './insert-jobs.ts';

/** One job as stored: which work, and with what. */
export type Envelope = { job: string; payload: unknown; traceparent?: string };
export type StoredJob = JobWithMetadata<Envelope>;

/**
 * What a worker asks of the engine. A job that it has taken is its own until it is settled or is silent for the
 * queue's `heartbeatSeconds`; what it says of a job that is no longer its own changes nothing.
 */
export type Claims = {
  take(queue: QueueName, atMost: number): Promise<StoredJob[]>;
  complete(queue: QueueName, jobs: readonly StoredJob[]): Promise<void>;
  /** Has it tried again later, or not where it was the last try or `isFinal`. */
  fail(queue: QueueName, job: StoredJob, message: string, isFinal: boolean): Promise<void>;
  /** Gives a sign of life; answers the ids of those that are still its own. */
  refresh(queue: QueueName, jobs: readonly StoredJob[]): Promise<ReadonlySet<string>>;
  /** Hears of new jobs. `onGap` is called when some may have gone unheard. */
  listen(onJob: (queue: string) => void, onGap: () => void): Promise<{ close(): Promise<void> }>;
  close(): Promise<void>;
};

export type ClaimOptions = {
  boss: PgBoss;
  databaseUrl: string;
  instanceName: string;
  isPreparing: boolean;
  onError: (error: unknown) => void;
};

/** Opens connections of its own; the first statement connects. */
export function openClaims({ boss, ...options }: ClaimOptions): Claims {
  const database = openDatabase({
    url: options.databaseUrl,
    // Each queue takes and settles at the same time.
    poolSize: 4,
    statementTimeoutMs: 15_000,
    lockTimeoutMs: 15_000,
    idleInTransactionTimeoutMs: 15_000,
    applicationName: `lms-jobs-work-${options.instanceName}`,
    isPreparing: options.isPreparing,
    session: {
      // A crash of the server may forget that a job was taken or done, and it is done again, as after any crash.
      synchronous_commit: 'off',
      // The table was last analyzed when hardly any job waited, so a backlog comes unexpected: PostgreSQL would read
      // and sort all of it for each look, although the index gives the next ones in their order.
      enable_bitmapscan: 'off',
      enable_sort: 'off',
    },
    onError: options.onError,
  });
  const { db } = database;
  const way = { db: fromKysely(db) };
  return {
    take: (queue, atMost) =>
      boss.fetch<Envelope>(queue, { batchSize: atMost, includeMetadata: true, ...way }),
    async complete(queue, jobs) {
      await boss.complete(queue, jobs.map(attemptOf), null, way);
    },
    async fail(queue, job, message, isFinal) {
      if (!isFinal) {
        await boss.fail(queue, [attemptOf(job)], { message }, way);
        return;
      }
      // pg-boss ends the tries of a job that a worker of its own had, and of no other: as if this were the last.
      await inTransaction(db, async (tx) => {
        await runSql(tx, setRetryLimitSql, [queue, job.id, job.retryCount, job.retryCount]);
        await boss.fail(queue, [attemptOf(job)], { message }, { db: fromKysely(tx) });
        await runSql(tx, setRetryLimitSql, [queue, job.id, job.retryCount, job.retryLimit]);
      });
    },
    async refresh(queue, jobs) {
      // The engine answers more than its types say.
      const answer: { settled?: string[] } = await boss.touch(queue, jobs.map(attemptOf), way);
      return new Set(answer.settled ?? jobs.map(({ id }) => id));
    },
    async listen(onJob, onGap) {
      const [row] = await runSql<{ channel: string }>(db, `select ${jobChannelSql} as channel`);
      const server = boss.getDb();
      if (!row || !server.listen) throw new Error('The job engine cannot listen.');
      return server.listen(row.channel, onJob, onGap);
    },
    close: () => database.close(),
  };
}

const setRetryLimitSql = `
  update ${jobSchema}.job set retry_limit = $4
  where name = $1 and id = $2 and retry_count = $3 and state in ('active', 'failed')`;

// Named by its try, a job that was meanwhile given to another worker is left alone.
function attemptOf({ id, retryCount }: StoredJob): { id: string; retryCount: number } {
  return { id, retryCount };
}
