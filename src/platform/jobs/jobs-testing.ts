import { createTestDatabase } from '#test/database.ts';
import { openDatabase, runSql, type Db } from '#platform/db/database.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics, type Metrics } from '#platform/metrics.ts';
import { queueNames, type Job } from './definition.ts';
import { createJobEngine, type JobEngine } from './jobs.ts';
import { startWorker } from './worker.ts';

export type JobBench = {
  db: Db;
  databaseUrl: string;
  engine: JobEngine;
  metrics: Metrics;
  /** Lines of the log, parsed. */
  log: Record<string, unknown>[];
  /** Texts of the statements that were run on `db`. */
  statements: string[];
  startWorker(jobs: readonly Job<null>[], concurrency?: number, lookEveryMs?: number): void;
  rowsOf<Row>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** State and tries of all jobs that are kept. */
  states(): Promise<{ job: string; state: string; retries: number; message: string | null }[]>;
  stop(): Promise<void>;
};

/** A job engine on a database of its own, for tests of the engine itself. */
export async function openJobBench(): Promise<JobBench> {
  const database = await createTestDatabase();
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({
    level: 'debug',
    service: 'test',
    version: 'test',
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const statements: string[] = [];
  const opened = openDatabase({
    url: database.url,
    poolSize: 5,
    statementTimeoutMs: 10_000,
    lockTimeoutMs: 5_000,
    idleInTransactionTimeoutMs: 30_000,
    applicationName: 'lms-test',
    isPreparing: true,
    onError: () => {},
    onStatement: (text) => void statements.push(text),
  });
  const engine = createJobEngine({
    databaseUrl: database.url,
    log,
    isScheduler: false,
    isWorker: true,
    isPreparing: true,
    instanceName: 'test',
  });
  await engine.start();
  const { db } = opened;
  const metrics = createMetrics();
  return {
    db,
    databaseUrl: database.url,
    engine,
    metrics,
    log: lines,
    statements,
    startWorker: (jobs, concurrency = 4, lookEveryMs = 2_000) =>
      startWorker(engine, {
        queues: queueNames,
        concurrency,
        lookEveryMs,
        jobs,
        deps: null,
        log,
        metrics: metrics.jobs,
      }),
    rowsOf: (text, values) => runSql(db, text, values),
    states: () =>
      runSql(
        db,
        `select data->>'job' as job, state, retry_count as retries, output->>'message' as message from pgboss.job order by created_on`,
      ),
    async stop() {
      await engine.stop(5_000);
      await opened.close();
      await database.drop();
    },
  };
}
