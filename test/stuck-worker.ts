// Child of a test: takes the job `test.stuck`, leaves a row that says so, and never ends it. Killed by the test.
import { Type } from 'typebox';
import { openDatabase, runSql } from '#platform/db/database.ts';
import { defineJob, job, queueNames } from '#platform/jobs/definition.ts';
import { createJobEngine } from '#platform/jobs/jobs.ts';
import { startWorker } from '#platform/jobs/worker.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';

const databaseUrl = process.argv[2] ?? '';
const log = createLogger({ level: 'silent', service: 'stuck', version: 'test' });
const { db } = openDatabase({
  url: databaseUrl,
  poolSize: 1,
  statementTimeoutMs: 5_000,
  lockTimeoutMs: 5_000,
  idleInTransactionTimeoutMs: 5_000,
  applicationName: 'lms-stuck',
  isPreparing: true,
  onError: () => {},
});
const engine = createJobEngine({
  databaseUrl,
  log,
  isScheduler: false,
  isWorker: true,
  isPreparing: true,
  instanceName: 'stuck',
});
const stuck = job(
  defineJob({ name: 'test.stuck', queue: 'certificates', payload: Type.Object({}) }),
  async () => {
    await runSql(db, 'insert into taken values ($1)', [process.pid]);
    await new Promise(() => {});
  },
);
await engine.start();
startWorker(engine, {
  queues: queueNames,
  concurrency: 1,
  jobs: [stuck],
  deps: null,
  log,
  metrics: createMetrics().jobs,
});
