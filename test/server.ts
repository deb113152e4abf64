import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer } from '#app/server.ts';
import { jobs } from '#app/jobs.ts';
import { openDeps, type OpenDeps } from '#app/deps.ts';
import type { PasswordCost } from '#platform/auth/passwords.ts';
import { loadConfig, ownerUrlOf, type Config } from '#platform/config/config.ts';
import { openDatabase, type Db } from '#platform/db/database.ts';
import { queueNames } from '#platform/jobs/definition.ts';
import { startWorker } from '#platform/jobs/worker.ts';
import { createLogger } from '#platform/log.ts';
import { openTracer } from '#platform/trace/tracer.ts';
import { jobTracingOf } from '#platform/trace/under.ts';
import { createClient, type Client } from './client.ts';
import { checkAnswers } from './answers.ts';
import { createTestClock, type TestClock } from './clock.ts';
import { createTestDatabase } from './database.ts';
import { waitFor } from './wait.ts';

export type TestServer = Client & {
  address: string;
  open: OpenDeps;
  /** The database by the account that owns its tables: the server serves by one that may change none. */
  ownerDb: Db;
  clock: TestClock;
  /** Lines of the log so far, parsed. */
  log: Record<string, unknown>[];
  /** Statements sent by API code (not by the job engine's own polling) since the last call. */
  takeStatements(): string[];
  /** Waits until no job is waiting or running. Starts a worker at the first call. */
  runJobs(): Promise<void>;
  stop(): Promise<void>;
};

export type TestServerOptions = {
  config?: Partial<Config>;
  /** By which it serves, where another makes the database. */
  databaseUrl?: string;
  env?: Record<string, string>;
  /** Next to nothing unless given. */
  passwordCost?: PasswordCost;
};

// Every suite signs several people in: at its real cost that was a tenth of all that the tests take.
const nextToNothing: PasswordCost = { memory: 64, passes: 1 };

/**
 * The real API on a free port of 127.0.0.1, with a database of its own and a clock that the test moves.
 * Every answer is held against the schema of its operation: one that differs is a 500.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const database = options.databaseUrl === undefined ? await createTestDatabase() : undefined;
  const databaseUrl = options.databaseUrl ?? database?.appUrl ?? '';
  // Servers on one database share their files and the mails that no mail server takes.
  const dataDir = path.join(tmpdir(), `lms-test-${path.basename(new URL(databaseUrl).pathname)}`);
  const { config } = loadConfig({
    env: {
      ENVIRONMENT: 'test',
      SECRET_KEY: '9f2c4b7e1d8a3065b1c7d94e20f8a6537c1e',
      ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      DATABASE_URL: databaseUrl,
      ...(database && { DATABASE_OWNER_URL: database.url }),
      ...options.env,
    },
    cwd: process.cwd(),
    overrides: {
      rateLimitsEnabled: false,
      host: '127.0.0.1',
      dataDir,
      uploadsDir: path.join(dataDir, 'uploads'),
      ...options.config,
    },
  });
  const lines: Record<string, unknown>[] = [];
  const log = createLogger({
    level: 'debug',
    service: 'test',
    version: 'test',
    destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  });
  const clock = createTestClock();
  let statements: string[] = [];
  const open = openDeps({
    config,
    databaseUrl,
    log,
    role: 'all',
    clock,
    passwordCost: options.passwordCost ?? nextToNothing,
    tracer: await openTracer(config, 'all', log),
    onStatement: (sql) => void statements.push(sql),
  });
  const app = await createServer(open).catch(closing(open));
  checkAnswers(app);
  await open.engine.start().catch(closing(open));
  const address = await app.listen({ host: '127.0.0.1', port: 0 });
  const owner = openDatabase({
    url: ownerUrlOf(config) ?? '',
    poolSize: 2,
    statementTimeoutMs: 0,
    lockTimeoutMs: 0,
    idleInTransactionTimeoutMs: 0,
    applicationName: 'test-owner',
    isPreparing: false,
    onError: () => {},
  });
  let isWorking = false;
  return {
    ...createClient(`${address}${config.apiV1Prefix}`),
    address,
    open,
    ownerDb: owner.db,
    clock,
    log: lines,
    takeStatements() {
      const taken = statements;
      statements = [];
      return taken;
    },
    async runJobs() {
      if (!isWorking) {
        isWorking = true;
        startWorker(open.engine, {
          queues: queueNames,
          concurrency: 4,
          jobs,
          deps: open.deps,
          log,
          metrics: open.metrics.jobs,
          tracing: jobTracingOf(open.deps),
        });
      }
      await waitFor('no job waits or runs', async () => (await countUnfinishedJobs(open)) === 0);
    },
    async stop() {
      await app.close();
      await open.close();
      await owner.close();
      await database?.drop();
      if (database) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

// What is open keeps the process alive: a test file that fails to start must still end.
function closing(open: OpenDeps): (error: unknown) => Promise<never> {
  return async (error) => {
    await open.close();
    throw error;
  };
}

async function countUnfinishedJobs({ engine }: OpenDeps): Promise<number> {
  const { rows } = await engine.boss
    .getDb()
    .executeSql(
      `select count(*)::int as count from pgboss.job where state in ('created', 'retry', 'active') and start_after <= now()`,
    );
  return (rows[0] as { count: number }).count;
}
