import { readMigrations, type Migration } from '#platform/db/migrate.ts';
import { readAppliedState } from '#platform/db/readiness-queries.ts';
import { sqlStateOf } from '#platform/db/errors.ts';
import { createStoreCheck, type StoreState } from '#platform/files/store-check.ts';
import { createSparseWarn, type SparseWarn } from '#platform/sparse-log.ts';
import type { OpenDeps } from './deps.ts';

type Check = { status: 'ok' | 'failed' | 'absent'; detail?: string };
export type Readiness = {
  status: 'ok' | 'degraded' | 'failed';
  checks: { database: Check; migrations: Check; jobs: Check; redis: Check; files: Check };
};

const timeoutMs = 3_000;
const ok: Check = { status: 'ok' };

/** Returns the check whether this process can serve, part by part, each with what to do where it cannot. */
export function createReadiness(open: OpenDeps): () => Promise<Readiness> {
  const { deps, engine, redis } = open;
  const warn = createSparseWarn();
  const stateOfFiles = createStoreCheck(deps.files);
  let wasFailed = false;
  let known: Promise<Migration[]> | undefined;
  return async () => {
    const [stored, files] = await Promise.all([
      checkStored(deps, warn, () => (known ??= readMigrations())),
      stateOfFiles(),
    ]);
    const isEngineMissing = stored.jobs.status === 'ok' && !engine.isStarted();
    const jobs = isEngineMissing
      ? failed('The job engine has not started yet; it will by itself.')
      : stored.jobs;
    const checks = { ...stored, jobs, redis: checkRedis(redis), files: checkFiles(files) };
    const isFailed = [checks.database, checks.migrations, checks.jobs].some((check) => check.status !== 'ok');
    if (wasFailed && !isFailed) deps.log.info('ready');
    wasFailed = isFailed;
    // Learning goes on without either.
    const isDegraded = [checks.redis, checks.files].some((check) => check.status === 'failed');
    const status = isFailed ? 'failed' : isDegraded ? 'degraded' : 'ok';
    return { status, checks };
  };
}

async function checkStored(
  { db, log }: OpenDeps['deps'],
  warn: SparseWarn,
  migrations: () => Promise<Migration[]>,
): Promise<Pick<Readiness['checks'], 'database' | 'migrations' | 'jobs'>> {
  try {
    const [state, wanted] = await Promise.all([withTimeout(readAppliedState(db)), migrations()]);
    const missing = wanted.filter(({ name }) => !state.migrations.includes(name)).length;
    return {
      database: ok,
      migrations: missing === 0 ? ok : failed(`The database lacks ${missing} migrations: run "lms migrate".`),
      jobs:
        state.jobVersion === null
          ? failed('The database lacks the tables of the job engine: run "lms migrate".')
          : ok,
    };
  } catch (error) {
    // 42P01: a table is missing, so the database is there but was never migrated.
    if (sqlStateOf(error) === '42P01') {
      const missing = failed('The database was never migrated: run "lms migrate".');
      return { database: ok, migrations: missing, jobs: missing };
    }
    warn(
      log,
      'database',
      { err: error },
      'not ready: the database does not answer; is PostgreSQL up, and DATABASE_URL right?',
    );
    const unknown = failed('Unknown while the database does not answer.');
    return {
      database: failed('The database does not answer: is it up, and DATABASE_URL right?'),
      migrations: unknown,
      jobs: unknown,
    };
  }
}

function checkRedis(redis: OpenDeps['redis']): Check {
  if (!redis) return { status: 'absent', detail: 'REDIS_URL is not set; its work is done in this process.' };
  return redis.isReady()
    ? ok
    : failed('Redis does not answer; its work is done in this process until it returns.');
}

function checkFiles(state: StoreState): Check {
  return state === 'ok' ? ok : failed('Files can be neither stored nor read; the log says why.');
}

function failed(detail: string): Check {
  return { status: 'failed', detail };
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
