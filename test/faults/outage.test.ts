import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '#test/database.ts';
import { startDatabaseProxy, type DatabaseProxy } from '#test/database-proxy.ts';
import { readyStatus, runCommand, startProgram, untilReady, type Program } from '#test/program.ts';
import { waitFor } from '#test/wait.ts';

const readyLimitMs = 5_000;
const outageMs = 3_000;
const requestsPerSecond = 20;

const outages: [string, (proxy: DatabaseProxy) => void | Promise<void>][] = [
  ['is gone', (proxy) => proxy.cut()],
  ['is silent', (proxy) => proxy.hang()],
];

suite('the database away under load', () => {
  for (const [how, begin] of outages) {
    test(`${how}: ready is 503 in time, requests end, the log is short, and all is well when it is back`, async (t) => {
      const database = await createTestDatabase();
      t.after(() => database.drop());
      const proxy = await startDatabaseProxy(t, database.url);
      // Short, so that what waits for a silent database ends within the test.
      const env = { DATABASE_URL: proxy.url, DATABASE_STATEMENT_TIMEOUT_MS: '1000' };
      const input = 'a-password-of-the-outage\n';
      const made = await runCommand(t, ['admin', 'create', '--email=root@example.com', '--name=Root'], {
        env,
        input,
      });
      assert.equal(made.code, 0, made.stderr);
      const programs = await Promise.all(
        [['api'], ['worker'], ['scheduler']].map((args) => startProgram(t, args, { env })),
      );
      const [api] = programs as [Program];
      const load = startLoad(t, api);
      await begin(proxy);
      const startedAt = performance.now();
      await Promise.all(
        programs.map((program) =>
          waitFor('ready is 503', async () => (await readyStatus(program)) === 503, readyLimitMs),
        ),
      );
      assert.ok(performance.now() - startedAt < readyLimitMs);
      await sleep(outageMs);
      await proxy.restore();
      for (const program of programs) await untilReady(program, 20_000);
      await waitFor('requests succeed', () => load.lastStatus() === 401);
      const { statuses, slowestMs } = await load.stop();
      assert.deepEqual([...new Set(statuses)].toSorted(), [401, 503]);
      // The longest wait for a connection, 5 s, and for an answer, 5 s beyond the limit of a statement, and some.
      assert.ok(slowestMs < 15_000, `${slowestMs} ms`);
      for (const program of programs) {
        assertShortLog(program);
        assert.equal(await program.stop(), 0);
      }
    });
  }
});

type Load = { lastStatus(): number; stop(): Promise<{ statuses: number[]; slowestMs: number }> };

/** Wrong passwords, some a second: each needs the database, and none succeeds. */
function startLoad(t: TestContext, api: Program): Load {
  const statuses: number[] = [];
  const inHand = new Set<Promise<void>>();
  let slowestMs = 0;
  const one = async () => {
    const startedAt = performance.now();
    const body = JSON.stringify({ email: 'nobody@example.com', password: 'not-a-password' });
    const response = await fetch(`${api.baseUrl}/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await response.arrayBuffer();
    statuses.push(response.status);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
  };
  const timer = setInterval(() => {
    const request = one().catch(() => void statuses.push(0));
    inHand.add(request);
    void request.finally(() => inHand.delete(request));
  }, 1_000 / requestsPerSecond);
  t.after(() => clearInterval(timer));
  return {
    lastStatus: () => statuses.at(-1) ?? 0,
    async stop() {
      clearInterval(timer);
      await Promise.all(inHand);
      return { statuses, slowestMs };
    },
  };
}

// Beside the one line that every request has.
function assertShortLog(program: Program): void {
  const lines = program.logs().filter(({ message, level }) => message !== 'request' && level !== 'info');
  assert.ok(
    lines.length <= 15,
    `${lines.length} lines: ${JSON.stringify(lines.map(({ message }) => message))}`,
  );
  assert.ok(lines.length >= 1);
  assert.equal(
    lines.find(({ level }) => level !== 'warn'),
    undefined,
  );
  assert.doesNotMatch(program.stdout() + program.stderr(), /not-a-password|nobody@example|:\/\/lms:/);
}
