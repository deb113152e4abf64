import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { Type } from 'typebox';
import { openDatabase, runSql, type Db } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';
import { createJobEngine, type JobEngine } from '#platform/jobs/jobs.ts';
import { startWorker } from '#platform/jobs/worker.ts';
import { createLogger } from '#platform/log.ts';
import { createMetrics } from '#platform/metrics.ts';
import { median } from './load.ts';

export type JobFigures = {
  /** Empty jobs a second, to the settling of the last, beside the engine's two statements in a bare loop. */
  drained: { concurrency: number; perSecond: number; floor: number }[];
  /** Milliseconds from the commit of a job to its start, one at a time. */
  startedAfter: { p50: number; p99: number };
};

const empty = defineJob({ name: 'bench.empty', queue: 'progress', payload: Type.Object({}) });
const limits = { statementTimeoutMs: 60_000, lockTimeoutMs: 60_000, idleInTransactionTimeoutMs: 60_000 };

export async function measureJobs(
  databaseUrl: string,
  { count, rounds }: { count: number; rounds: number },
): Promise<JobFigures> {
  const name = { applicationName: 'lms-bench', isPreparing: true, onError: () => {} };
  const database = openDatabase({ url: databaseUrl, poolSize: 2, ...limits, ...name });
  const drained: JobFigures['drained'] = [];
  try {
    for (const concurrency of [4, 32]) {
      const ours: number[] = [];
      const floors: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        floors.push(await drainBare(databaseUrl, database.db, concurrency, count));
        ours.push(await drain(databaseUrl, database.db, concurrency, count));
      }
      drained.push({ concurrency, perSecond: median(ours), floor: median(floors) });
    }
    return { drained, startedAfter: await measureStart(databaseUrl, database.db) };
  } finally {
    await database.close();
  }
}

async function openEngine(databaseUrl: string): Promise<JobEngine> {
  const log = createLogger({ level: 'warn', service: 'bench', version: 'bench' });
  const role = { isScheduler: false, isWorker: true, isPreparing: true, instanceName: 'bench' };
  const engine = createJobEngine({ databaseUrl, log, ...role });
  await engine.start();
  return engine;
}

async function fill(engine: JobEngine, db: Db, count: number): Promise<void> {
  await runSql(db, 'truncate pgboss.job');
  const jobs = Array.from({ length: count }, () => ({ definition: empty, payload: {} }));
  await inTransaction(db, (tx) => engine.enqueueAll(tx, jobs));
}

function work(engine: JobEngine, concurrency: number, run: () => void): void {
  startWorker(engine, {
    queues: ['progress'],
    concurrency,
    jobs: [job(empty, async () => run())],
    deps: null,
    log: createLogger({ level: 'warn', service: 'bench', version: 'bench' }),
    metrics: createMetrics().jobs,
  });
}

async function drain(databaseUrl: string, db: Db, concurrency: number, count: number): Promise<number> {
  const engine = await openEngine(databaseUrl);
  await fill(engine, db, count);
  const all = Promise.withResolvers<void>();
  let done = 0;
  const start = performance.now();
  work(engine, concurrency, () => {
    done += 1;
    if (done === count) all.resolve();
  });
  await all.promise;
  const open = `select from pgboss.job where state <> 'completed' limit 1`;
  while ((await runSql(db, open)).length > 0) await sleep(2);
  const seconds = (performance.now() - start) / 1_000;
  await engine.stop(5_000);
  return count / seconds;
}

/** One connection that takes as many jobs as there are slots and completes them, in turn. */
async function drainBare(databaseUrl: string, db: Db, size: number, count: number): Promise<number> {
  const engine = await openEngine(databaseUrl);
  await fill(engine, db, count);
  const client = new pg.Client({
    connectionString: databaseUrl,
    options: '-c synchronous_commit=off -c enable_bitmapscan=off -c enable_sort=off',
  });
  await client.connect();
  const names = new Map<string, string>();
  const executeSql = async (text: string, values: unknown[] = []) => {
    if (!names.has(text)) names.set(text, `s${names.size}`);
    return client.query<object>({ name: names.get(text) ?? '', text, values });
  };
  const start = performance.now();
  let done = 0;
  while (done < count) {
    const jobs = await engine.boss.fetch('progress', { batchSize: size, db: { executeSql } });
    await engine.boss.complete('progress', jobs, null, { db: { executeSql } });
    done += jobs.length;
  }
  const seconds = (performance.now() - start) / 1_000;
  await client.end();
  await engine.stop(1_000);
  return count / seconds;
}

async function measureStart(databaseUrl: string, db: Db): Promise<JobFigures['startedAfter']> {
  const engine = await openEngine(databaseUrl);
  await runSql(db, 'truncate pgboss.job');
  let started = Promise.withResolvers<number>();
  work(engine, 4, () => started.resolve(performance.now()));
  await sleep(1_000);
  const delays: number[] = [];
  for (let number = 0; number < 300; number += 1) {
    started = Promise.withResolvers();
    await inTransaction(db, (tx) => engine.enqueue(tx, empty, {}));
    const committedAt = performance.now();
    delays.push((await started.promise) - committedAt);
    await sleep(5 + Math.random() * 10);
  }
  await engine.stop(5_000);
  const sorted = delays.toSorted((a, b) => a - b);
  return { p50: median(delays), p99: sorted[Math.floor(delays.length * 0.99)] ?? 0 };
}
