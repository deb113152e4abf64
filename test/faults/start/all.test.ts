import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { purgeSessionsJob } from '#features/identity/jobs.ts';
import { startEmbeddedPostgres } from '#platform/db/embedded/embedded-postgres.ts';
import { findRunningUrl } from '#platform/db/embedded/running.ts';
import { createClient } from '#test/client.ts';
import { holdSessions } from '#test/held-sessions.ts';
import { withClient } from '#test/invariants.ts';
import {
  launchProgram,
  mainFile,
  runCommand,
  startProgram,
  untilReady,
  type Program,
  type ProgramOptions,
} from '#test/program.ts';
import { findAllIn } from '#test/runner/left-behind.ts';
import { waitFor } from '#test/wait.ts';

// The measured times are a third of these on an idle machine; other tests run beside this one.
const firstStartMs = 15_000;
const laterStartMs = 8_000;
const account = { email: 'keeper@example.com', password: 'something-to-keep-9' };

suite('npm start on the embedded database', () => {
  let dataDir: string;
  before(() => void (dataDir = realpathSync(mkdtempSync(path.join(tmpdir(), 'lms-data-')))));
  after(() => rmSync(dataDir, { recursive: true, force: true }));
  const options = (env: Record<string, string> = {}): ProgramOptions => ({
    env: { DATA_DIR: dataDir, ...env },
  });

  test('is ready in time the first time, on 127.0.0.1, and Ctrl-C stops it with its database', async (t) => {
    await makeFirstPerson(t, options());
    const startedAt = performance.now();
    const program = await startProgram(t, ['all'], options({ HOST: '' }));
    assert.ok(performance.now() - startedAt < firstStartMs);
    assert.match(program.address, /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.equal((await createClient(program.baseUrl).post('/auth/login', account)).status, 200);
    assert.equal(await program.stop('SIGINT'), 0);
    await assertNothingRuns(dataDir);
    assert.equal(program.logs().at(-1)?.['message'], 'stopped');
    assert.deepEqual(
      program.logs().filter(({ level }) => level !== 'info'),
      [],
    );
    assert.equal(program.stderr(), '');
  });

  test('is ready sooner after that, finds its data, and tells the address and the docs page', async (t) => {
    const startedAt = performance.now();
    const program = await startProgram(t, ['all'], options());
    assert.ok(performance.now() - startedAt < laterStartMs);
    await waitFor('the banner', () => program.stdout().includes('Stop it'));
    const banner = program
      .stdout()
      .split('\n')
      .filter((line) => !line.startsWith('{'))
      .join('\n');
    assert.match(
      banner,
      new RegExp(
        `^\\nLMS Backend runs\\.\\n  API    ${program.address}/api/v1\\n  Docs   ${program.address}/docs\\n`,
      ),
    );
    assert.match(banner, /\nStop it with Ctrl-C\.\n/);
    assert.equal((await fetch(`${program.address}/docs`)).status, 200);
    assert.equal((await createClient(program.baseUrl).post('/auth/login', account)).status, 200);
    assert.equal(await program.stop('SIGTERM'), 0);
    await assertNothingRuns(dataDir);
  });

  test('after kill -9 the next start finds its data and ends the orphaned database', async (t) => {
    const killed = await startProgram(t, ['all'], options());
    const api = createClient(killed.baseUrl);
    const { body } = await api.post('/auth/login', account);
    assert.equal((await api.patch('/me', { name: 'Written before the kill' }, body.accessToken)).status, 200);
    await killed.kill();
    const orphans = findAllIn(dataDir);
    assert.ok(orphans.length > 0, 'the database lives on');
    const program = await startProgram(t, ['all'], options());
    const again = await createClient(program.baseUrl).post('/auth/login', account);
    assert.equal(again.body.user.name, 'Written before the kill');
    assert.deepEqual(
      findAllIn(dataDir).filter((pid) => orphans.includes(pid)),
      [],
    );
    assert.equal(await program.stop('SIGINT'), 0);
    await assertNothingRuns(dataDir);
  });

  test('Ctrl-C finishes the request and the job in hand, and a new one is refused', async (t) => {
    const program = await startProgram(t, ['all'], options({ DATABASE_LOCK_TIMEOUT_MS: '60000' }));
    const request = await beginSlowLogin(t, program);
    const folder = path.join(dataDir, 'postgres');
    const url = findRunningUrl(folder) ?? '';
    const sessions = await holdSessions(t, url);
    const data = { job: purgeSessionsJob.name, payload: {} };
    const id = await withClient(url, async (client) => {
      const added = `insert into pgboss.job (name, data) values ('maintenance', $1) returning id`;
      return (await client.query<{ id: string }>(added, [data])).rows[0]?.id;
    });
    const jobIn = (database: string) =>
      withClient(database, async (client) => {
        const found = 'select state, retry_count as retries from pgboss.job where id = $1';
        return (await client.query<{ state: string; retries: number }>(found, [id])).rows[0];
      });
    await waitFor('the job is in hand', async () => (await jobIn(url))?.state === 'active');
    program.signal('SIGINT');
    await waitFor('it says that it stops', () => program.stdout().includes('stopping: '));
    await sleep(200);
    await assert.rejects(fetch(`${program.baseUrl}/health`));
    const answer = request.finish();
    await sleep(200);
    assert.ok(program.isRunning(), 'it waits for both, and so does its database');
    await sessions.release();
    const finishedAt = performance.now();
    assert.match(await answer, /^HTTP\/1\.1 200 /);
    assert.deepEqual(await program.ended, { code: 0, signal: null });
    assert.ok(performance.now() - finishedAt < 5_000, 'the connection of the last request does not keep it');
    await assertNothingRuns(dataDir);
    const database = await startEmbeddedPostgres({ dataDir: folder, log: () => {} });
    const job = await jobIn(database.url);
    await database.stop();
    assert.deepEqual(job, { state: 'completed', retries: 0 });
  });

  test('a request that does not end is cut off after SHUTDOWN_TIMEOUT_SECONDS', async (t) => {
    const program = await startProgram(t, ['all'], options({ SHUTDOWN_TIMEOUT_SECONDS: '1' }));
    await beginSlowLogin(t, program);
    assert.equal(await program.stop('SIGINT'), 0);
    assert.match(program.stdout(), /cut off the requests/);
    await assertNothingRuns(dataDir);
  });

  test('a second Ctrl-C, later, ends it at once, and its database too', async (t) => {
    const program = await startProgram(t, ['all'], options());
    await beginSlowLogin(t, program);
    program.signal('SIGINT');
    await sleep(1_300);
    assert.ok(program.isRunning());
    assert.equal(await program.stop('SIGINT'), 1);
    await assertNothingRuns(dataDir);
  });

  test('an error that nothing caught is logged once and ends both', async (t) => {
    const plant = `data:text/javascript,process.on('SIGUSR2',()=>{throw new Error('planted')})`;
    const program = await startProgram(t, ['all'], { ...options(), nodeOptions: ['--import', plant] });
    assert.equal(await program.stop('SIGUSR2'), 1);
    const faults = program.logs().filter(({ level }) => level === 'fatal');
    assert.deepEqual(
      faults.map(({ err }) => (err as { message: string }).message),
      ['planted'],
    );
    await assertNothingRuns(dataDir);
  });

  for (const [signal, from] of [
    ['SIGINT', 'Ctrl-C at the terminal'],
    ['SIGTERM', 'a service manager'],
  ] as const) {
    test(`npm start: ${signal}, as from ${from}, stops it in order with status 0`, async (t) => {
      const project = path.join(mainFile, '..', '..');
      const program = launchProgram(t, [], { ...options(), command: ['npm', 'start'], cwd: project });
      await untilReady(program);
      assert.equal(await program.stop(signal), 0);
      assert.equal(program.logs().at(-1)?.['message'], 'stopped');
      await assertNothingRuns(dataDir);
    });
  }
});

// With somebody in it, the database is not empty, and no demo data is loaded.
async function makeFirstPerson(t: TestContext, options: ProgramOptions): Promise<void> {
  const { email, password } = account;
  const made = await runCommand(t, ['admin', 'create', `--email=${email}`, '--name=Keeper'], {
    ...options,
    input: `${password}\n`,
  });
  assert.equal(made.code, 0, made.stderr);
}

type SlowRequest = { finish(): Promise<string> };

/** A login whose body arrives in two halves; `finish` sends the second and returns the answer. */
async function beginSlowLogin(t: TestContext, program: Program): Promise<SlowRequest> {
  const body = JSON.stringify(account);
  const { hostname, port } = new URL(program.address);
  const socket: Socket = connect(Number(port), hostname);
  t.after(() => socket.destroy());
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => void (answer += text));
  socket.on('error', () => {});
  const head = `POST /api/v1/auth/login HTTP/1.1\r\nHost: ${hostname}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
  socket.write(head + body.slice(0, 10));
  // Until the server has read the head.
  await sleep(200);
  return {
    async finish() {
      socket.write(body.slice(10));
      await waitFor('the answer', () => answer !== '');
      return answer;
    },
  };
}

async function assertNothingRuns(folder: string): Promise<void> {
  await waitFor('nothing is left running', () => findAllIn(folder).length === 0, 2_000);
  assert.equal(
    existsSync(path.join(folder, 'postgres', 'cluster', 'postmaster.pid')),
    false,
    'the database was shut down in order',
  );
}
