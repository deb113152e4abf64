import { readMigrations } from '#platform/db/migrate.ts';
import { readAppliedState } from '#platform/db/readiness-queries.ts';
import { sqlStateOf } from '#platform/db/errors.ts';
import type { OpenDeps } from './deps.ts';

type Check = { status: 'ok' | 'failed' | 'absent'; detail?: string };
export type Readiness = {
  status: 'ok' | 'degraded' | 'failed';
  checks: { database: Check; migrations: Check; jobs: Check; redis: Check };
};

const timeoutMs = 3_000;
const ok: Check = { status: 'ok' };

/** Whether this process can serve, part by part, each with what to do where it cannot. */
export async function checkReadiness({ deps, engine, redis }: OpenDeps): Promise<Readiness> {
  const stored = await checkStored(deps);
  const jobs =
    stored.jobs.status === 'ok' && !engine.isStarted()
      ? failed('The job engine has not started yet.')
      : stored.jobs;
  const checks = { ...stored, jobs, redis: checkRedis(redis) };
  const isFailed = [checks.database, checks.migrations, checks.jobs].some((check) => check.status !== 'ok');
  const status = isFailed ? 'failed' : checks.redis.status === 'failed' ? 'degraded' : 'ok';
  return { status, checks };
}

async function checkStored(
  deps: OpenDeps['deps'],
): Promise<Pick<Readiness['checks'], 'database' | 'migrations' | 'jobs'>> {
  const unknown = failed('Unknown while the database is away.');
  try {
    const [state, migrations] = await Promise.all([withTimeout(readAppliedState(deps.db)), readMigrations()]);
    const pending = migrations.filter(({ name }) => !state.migrations.includes(name));
    return {
      database: ok,
      migrations:
        pending.length === 0 ? ok : failed(`${pending.length} migrations are missing. Run "lms migrate".`),
      jobs:
        state.jobVersion === null
          ? failed('The tables of the job engine are missing. Run "lms migrate".')
          : ok,
    };
  } catch (error) {
    // 42P01: a table is missing, so the database is there but was never migrated.
    if (sqlStateOf(error) === '42P01') {
      const missing = failed('The database was never migrated. Run "lms migrate".');
      return { database: ok, migrations: missing, jobs: missing };
    }
    deps.log.warn({ err: error }, 'ready: the database does not answer');
    return { database: failed('The database does not answer.'), migrations: unknown, jobs: unknown };
  }
}

function checkRedis(redis: OpenDeps['redis']): Check {
  if (!redis) return { status: 'absent', detail: 'REDIS_URL is not set; its work is done in this process.' };
  return redis.isReady()
    ? ok
    : failed('Redis does not answer; its work is done in this process until it returns.');
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
