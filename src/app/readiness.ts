import { allowsDemoData, isEmbedded } from '#platform/config/config.ts';
import { readMigrations, type Migration } from '#platform/db/migrate.ts';
import { readAppliedState } from '#platform/db/readiness-queries.ts';
import { sqlStateOf } from '#platform/db/errors.ts';
import { createStoreCheck, type StoreState } from '#platform/files/store-check.ts';
import { checkMailServer } from '#platform/mail/server-check.ts';
import { usesOutbox } from '#platform/mail/transport.ts';
import { createSparseWarn, type SparseWarn } from '#platform/sparse-log.ts';
import type { OpenDeps } from './deps.ts';

type Check = { status: 'ok' | 'loading' | 'failed' | 'absent'; detail?: string };
export const parts = ['database', 'migrations', 'jobs', 'demo', 'redis', 'files', 'mail'] as const;
export type Readiness = {
  status: 'ok' | 'degraded' | 'failed';
  checks: Record<(typeof parts)[number], Check>;
};

const timeoutMs = 3_000;
const ok: Check = { status: 'ok' };

/** Returns the check whether this process can serve, part by part, each with what to do where it cannot. */
export function createReadiness(open: OpenDeps): () => Promise<Readiness> {
  const { deps, engine, redis } = open;
  const warn = createSparseWarn();
  const stateOfFiles = createStoreCheck(deps.files);
  const checkMail = createMailCheck(deps, warn);
  let wasFailed = false;
  let known: Promise<Migration[]> | undefined;
  return async () => {
    const [stored, files, mail] = await Promise.all([
      checkStored(deps, warn, () => (known ??= readMigrations())),
      stateOfFiles(),
      checkMail(),
    ]);
    const isEngineMissing = stored.jobs.status === 'ok' && !engine.isStarted();
    const jobs = isEngineMissing
      ? failed('The job engine has not started yet; it will by itself.')
      : stored.jobs;
    const checks = {
      ...stored,
      jobs,
      demo: checkDemo(open),
      redis: checkRedis(redis),
      files: checkFiles(files),
      mail,
    };
    const { database, migrations, demo } = checks;
    const isFailed =
      demo.status === 'loading' || [database, migrations, jobs].some(({ status }) => status !== 'ok');
    if (wasFailed && !isFailed) deps.log.info('ready');
    wasFailed = isFailed;
    // Learning goes on without them.
    const isDegraded = [checks.redis, checks.files, mail].some((check) => check.status === 'failed');
    const status = isFailed ? 'failed' : isDegraded ? 'degraded' : 'ok';
    return { status, checks };
  };
}

async function checkStored(
  { db, log, config }: OpenDeps['deps'],
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
    if (sqlStateOf(error) === '42501') {
      const refused = failed(
        'The account of DATABASE_URL may not read the tables: run "lms migrate" with DATABASE_OWNER_URL.',
      );
      return { database: ok, migrations: refused, jobs: refused };
    }
    const hint = isEmbedded(config) ? 'it is started again by itself' : 'is it up, and DATABASE_URL right?';
    warn(log, 'database', { err: error }, `not ready: the database does not answer: ${hint}`);
    const unknown = failed('Unknown while the database does not answer.');
    return {
      database: failed(`The database does not answer: ${hint}`),
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

/** `loading` until the accounts are there that `npm start` and the documents promise. */
function checkDemo({ deps, preparing }: OpenDeps): Check {
  if (!allowsDemoData(deps.config)) return { status: 'absent', detail: 'DEMO_MODE is off.' };
  return preparing.isOver ? ok : { status: 'loading', detail: 'The demo academy is being loaded.' };
}

/** Asks the mail server at most twice a minute, whatever the role: workers send, and people wait for it at the API. */
function createMailCheck({ config, log }: OpenDeps['deps'], warn: SparseWarn): () => Promise<Check> {
  if (usesOutbox(config)) {
    const detail = 'No mail server is in use; mails are written into DATA_DIR/outbox.';
    return async () => ({ status: 'absent', detail });
  }
  const check = () =>
    checkMailServer(config).catch((error: unknown) => {
      warn(log, 'mail', { err: error }, 'the mail server cannot be used; mails wait for it');
      throw error;
    });
  const state = createStoreCheck({ check }, { everyMs: 30_000 });
  const away = failed('The mail server does not answer; mails wait until it does. The log says why.');
  return async () => ((await state()) === 'ok' ? ok : away);
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
