import assert from 'node:assert/strict';
import { after, before, suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { purgeSessionsJob } from '#features/identity/jobs.ts';
import { createJobEngine, type JobEngine } from '#platform/jobs/jobs.ts';
import { createLogger } from '#platform/log.ts';
import { createTestDatabase, type TestDatabase } from '#test/database.ts';
import { startHangingServer } from '#test/hanging-server.ts';
import { holdSessions } from '#test/held-sessions.ts';
import { runCommand, startProgram } from '#test/program.ts';
import { waitFor } from '#test/wait.ts';

const workerArgs = ['worker', '--queues=emails,progress', '--concurrency=4'];
const roles = [['api'], workerArgs, ['scheduler']];

suite('roles in processes of their own', () => {
  let database: TestDatabase;
  before(async () => void (database = await createTestDatabase()));
  after(() => database.drop());
  const env = (more: Record<string, string> = {}) => ({ DATABASE_URL: database.url, ...more });

  test('each answers health, ready and metrics, and stops with status 0', async (t) => {
    const programs = await Promise.all(roles.map((args) => startProgram(t, args, { env: env() })));
    for (const program of programs) {
      assert.deepEqual(await json(`${program.baseUrl}/health`), { status: 'ok' });
      const ready = await json(`${program.baseUrl}/ready`);
      assert.deepEqual([ready.status, ready.checks.redis.status], ['ok', 'absent']);
      const metrics = await fetch(`${program.address}/metrics`);
      assert.match(await metrics.text(), /^process_cpu_seconds_total/m);
      const port = new URL(program.address).port;
      const asked = await runCommand(t, ['health'], { env: { ...env(), PORT: '1', METRICS_PORT: port } });
      assert.deepEqual([asked.code, asked.stdout, asked.stderr], [0, 'ready\n', '']);
    }
    const statuses = await Promise.all(
      programs.map((program, index) => program.stop(index === 0 ? 'SIGINT' : 'SIGTERM')),
    );
    assert.deepEqual(statuses, [0, 0, 0]);
    const asked = await runCommand(t, ['health'], { env: { ...env(), PORT: '1', METRICS_PORT: '2' } });
    assert.equal(asked.code, 1);
    assert.match(asked.stderr, /^Nothing answers at [^\n]+\n$/);
    for (const program of programs)
      assert.deepEqual(
        program.logs().filter(({ level }) => level !== 'info'),
        [],
      );
  });

  test('a worker takes its queues and always maintenance, and no other', async (t) => {
    const engine = await startEngine(t, database.url);
    const maintenance = await add(engine, 'maintenance');
    const other = await add(engine, 'certificates');
    const program = await startProgram(t, workerArgs, { env: env() });
    await waitFor(
      'the job of maintenance is done',
      async () => (await stateOf(engine, 'maintenance', maintenance)) === 'completed',
    );
    await program.stop();
    assert.equal(await stateOf(engine, 'certificates', other), 'created');
  });

  test('a worker that is told to stop finishes the job in hand', async (t) => {
    const engine = await startEngine(t, database.url);
    const sessions = await holdSessions(t, database.url);
    const program = await startProgram(t, workerArgs, { env: env({ DATABASE_LOCK_TIMEOUT_MS: '60000' }) });
    const id = await add(engine, 'maintenance');
    await waitFor('the job is in hand', async () => (await stateOf(engine, 'maintenance', id)) === 'active');
    program.signal('SIGTERM');
    // Longer than the engine waits at least.
    await sleep(1_500);
    assert.ok(program.isRunning(), 'it waits for the job');
    await sessions.release();
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    const stored = await engine.boss.findJobs('maintenance', { id });
    assert.deepEqual(
      stored.map(({ state, retryCount }) => [state, retryCount]),
      [['completed', 0]],
    );
  });

  test('without Redis where one is set, ready says so and stays 200', async (t) => {
    const program = await startProgram(t, ['api'], { env: env({ REDIS_URL: 'redis://127.0.0.1:1' }) });
    const ready = await json(`${program.baseUrl}/ready`);
    assert.deepEqual([ready.status, ready.checks.redis.status], ['degraded', 'failed']);
  });

  test('where files cannot be stored, ready says so and stays 200', async (t) => {
    const program = await startProgram(t, ['api'], { env: env({ UPLOADS_DIR: '/dev/null/uploads' }) });
    const ready = await json(`${program.baseUrl}/ready`);
    assert.deepEqual([ready.status, ready.checks.files.status], ['degraded', 'failed']);
    assert.ok(
      program.logs().some(({ message }) => /UPLOADS_DIR .* a file stands where/.test(String(message))),
    );
  });

  test('a collector of traces that hangs delays the end of a role by some seconds, and says so', async (t) => {
    const hanging = await startHangingServer(t);
    const traced = {
      OTEL_EXPORTER_OTLP_ENDPOINT: hanging,
      OTEL_EXPORTER_OTLP_TIMEOUT: '30000',
    };
    const program = await startProgram(t, ['api'], { env: env(traced) });
    assert.equal((await fetch(`${program.baseUrl}/nowhere`)).status, 404);
    const startedAt = performance.now();
    assert.equal(await program.stop(), 0);
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < 8_000, `${tookMs} ms`);
    assert.ok(program.logs().some(({ message }) => /^traces: .* dropped$/.test(String(message))));
  });

  test('two schedulers fire one occurrence once', async (t) => {
    const first = await startEngine(t, database.url, { isScheduler: true });
    // Due in every minute, the present one too: each pass over the schedules finds it.
    await first.boss.schedule(
      'emails',
      '* * * * *',
      { job: 'planted', payload: {} },
      { key: 'planted', tz: 'UTC' },
    );
    for (let round = 0; round < 2; round += 1) {
      // Passes are 15 s apart, whoever makes them: forgetting the last lets the next start make one at once.
      await onDatabase(database.url, 'update pgboss.version set cron_on = null');
      await startEngine(t, database.url, { isScheduler: true });
      await waitFor(
        'a pass',
        async () =>
          (await countOf(
            database.url,
            'select count(*)::int from pgboss.version where cron_on is not null',
          )) === 1,
      );
    }
    const fired = `select count(*)::int from pgboss.job where name = 'emails'`;
    await waitFor('it fires', async () => (await countOf(database.url, fired)) > 0);
    const passed = `select count(*)::int, count(distinct (singleton_key, singleton_on))::int from pgboss.job where name = '__pgboss__send-it'`;
    const [[found, occurrences] = []] = await onDatabase(database.url, passed);
    assert.equal(found, occurrences, 'what a second pass finds again is not added again');
  });
});

type Ready = {
  status: string;
  checks: Record<'database' | 'migrations' | 'jobs' | 'redis' | 'files', { status: string; detail: string }>;
};

async function json(url: string): Promise<Ready> {
  return (await (await fetch(url)).json()) as Ready;
}

async function startEngine(
  t: TestContext,
  databaseUrl: string,
  { isScheduler = false } = {},
): Promise<JobEngine> {
  const log = createLogger({ level: 'silent', service: 'test', version: 'test' });
  const engine = createJobEngine({
    databaseUrl,
    log,
    isScheduler,
    isWorker: false,
    isPreparing: true,
    instanceName: 'test',
  });
  t.after(() => engine.stop(1_000));
  await engine.start();
  return engine;
}

/** Adds a job that any program can do; its queue is what counts. */
async function add(engine: JobEngine, queue: string): Promise<string> {
  const ids = await engine.boss.insert(queue, [{ data: { job: purgeSessionsJob.name, payload: {} } }], {
    returnId: true,
  });
  assert.ok(ids?.[0]);
  return ids[0];
}

async function stateOf(engine: JobEngine, queue: string, id: string): Promise<string | undefined> {
  return (await engine.boss.findJobs(queue, { id }))[0]?.state;
}

async function onDatabase(databaseUrl: string, statement: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<unknown[]>({ text: statement, rowMode: 'array' });
    return rows;
  } finally {
    await client.end();
  }
}

async function countOf(databaseUrl: string, statement: string): Promise<number> {
  return Number((await onDatabase(databaseUrl, statement))[0]?.[0]);
}
