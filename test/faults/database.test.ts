import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { createClient, type Client } from '#test/client.ts';
import { startDatabaseProxy } from '#test/database-proxy.ts';
import { createFrontEnd, nothingSeen, type Seen } from '#test/faults/front-end.ts';
import { assertAllIsWell, startLearning, type Learning } from '#test/faults/learning.ts';
import { assertReadableLog } from '#test/faults/night-log.ts';
import { seededRandom } from '#test/faults/random.ts';
import { whenReached } from '#test/faults/revived.ts';
import { makeSystem } from '#test/faults/system.ts';
import { withClient } from '#test/invariants.ts';
import { buildCourse, type Learner, type LoopCourse } from '#test/loop.ts';
import { startPostgres } from '#test/postgres.ts';
import { readyStatus, startProgram, untilReady, type Program } from '#test/program.ts';
import { waitFor } from '#test/wait.ts';

// Five seconds for a connection, five for a lock, and what a busy machine adds.
const longestRequestMs = 20_000;

type Load = {
  env: Record<'DATABASE_URL' | 'PUBLIC_URL', string>;
  nodes: [Program, Program];
  worker: Program;
  course: LoopCourse;
  frontEnd: Client;
  seen: Seen;
  learning: Learning;
};

suite('PostgreSQL in trouble while learners learn: what was answered stays, all goes on', () => {
  test('restarted three times', async (t) => {
    const postgres = await startPostgres(t);
    const load = await startLoad(t, postgres.url);
    for (let restarts = 0; restarts < 3; restarts++) {
      await whileLearning(load);
      process.kill(postgres.pid, 'SIGINT');
    }
    await whileLearning(load);
    await end(t, load);
    assert.ok(load.seen.unavailable > 0, 'the restarts were felt');
  });

  test('stopped for five seconds', async (t) => {
    const postgres = await startPostgres(t);
    const proxy = await startDatabaseProxy(t, postgres.url);
    const load = await startLoad(t, proxy.url);
    await whileLearning(load);
    await proxy.cut();
    await postgres.stop();
    await waitFor('ready is 503', async () => (await readyStatus(load.nodes[0])) === 503);
    await sleep(5_000);
    const again = await startPostgres(t, { dataDir: postgres.dataDir });
    await proxy.restore(again.url);
    await whileLearning(load);
    await end(t, load);
    assert.ok(load.seen.unavailable > 0, 'the stop was felt');
  });

  test('its connections cut one by one', async (t) => {
    const random = seededRandom(t);
    const load = await startLoad(t);
    let cut = 0;
    await withClient(load.env.DATABASE_URL, async (other) => {
      for (const until = performance.now() + 12_000; performance.now() < until; await sleep(100)) {
        cut += await cutOne(other, random.below(1_000));
      }
    });
    await end(t, load);
    assert.ok(cut > 50, `${cut} connections were cut`);
  });

  test('a table locked for 30 s: 503 in time, and what does not need it goes on', async (t) => {
    const load = await startLoad(t);
    const [api] = load.nodes;
    const plain = createClient(api.baseUrl);
    await whileLearning(load);
    await withClient(load.env.DATABASE_URL, async (other) => {
      await other.query('begin; lock table enrollment in access exclusive mode');
      for (const until = performance.now() + 30_000; performance.now() < until; await sleep(500)) {
        assert.equal(await readyStatus(api), 200, 'it is ready: other requests succeed');
        assert.equal((await plain.get('/certificates/verify/AAAA-AAAA-AAAA')).status, 404);
      }
      await other.query('rollback');
    });
    await whileLearning(load);
    await end(t, load);
    assert.ok(load.seen.unavailable > 0, 'the lock was felt');
  });

  test('an API node that freezes in the midst of transactions holds up the other no longer than is set', async (t) => {
    const load = await startLoad(t, undefined, { DATABASE_IDLE_IN_TRANSACTION_TIMEOUT_MS: '2000' });
    const [first, second] = load.nodes;
    const beside: Learner[] = [];
    const other = createFrontEnd(t, () => [second.baseUrl], load.seen);
    for (let round = 0; round < 3; round++) {
      await whileLearning(load);
      first.signal('SIGSTOP');
      const frozenFor = sleep(4_000);
      beside.push(...(await startLearning(other, load.course, { atATime: 2, count: 4 }).done));
      await frozenFor;
      first.signal('SIGCONT');
    }
    await end(t, load, beside);
  });
});

/** Two API nodes and a worker, and learners at both. */
async function startLoad(
  t: TestContext,
  databaseUrl?: string,
  settings: Record<string, string> = {},
): Promise<Load> {
  const { env, api: first, teacherToken } = await makeSystem(t, databaseUrl, settings);
  const second = await startProgram(t, ['api'], { env: { ...settings, ...env } });
  const worker = await startProgram(t, ['worker'], { env });
  const course = await buildCourse(createClient(first.baseUrl), teacherToken, 'Standing outages');
  const seen = nothingSeen();
  const frontEnd = createFrontEnd(t, () => [first.baseUrl, second.baseUrl], seen);
  const learning = startLearning(frontEnd, course, { atATime: 6 });
  return { env, nodes: [first, second], worker, course, frontEnd, seen, learning };
}

/** So long as it takes to do some things, which they do again after each trouble. */
async function whileLearning({ seen, learning }: Load): Promise<void> {
  await Promise.race([whenReached(() => seen.told.length, seen.told.length + 40), learning.done]);
}

async function end(t: TestContext, load: Load, others: readonly Learner[] = []): Promise<void> {
  const { env, nodes, worker, frontEnd: api, seen, learning } = load;
  const learners = [...(await learning.stop()), ...others];
  for (const program of [...nodes, worker]) await untilReady(program, 20_000);
  await assertAllIsWell(t, env.DATABASE_URL, { api, learners, seen });
  assert.ok(seen.slowestMs < longestRequestMs, `the slowest request took ${Math.round(seen.slowestMs)} ms`);
  for (const program of [...nodes, worker]) {
    assert.equal(await program.stop(), 0, program.stdout());
    assertReadableLog(program);
  }
}

/** Ends one of the program's connections, whatever it is doing; returns how many were ended. */
async function cutOne(other: pg.Client, which: number): Promise<number> {
  const { rowCount } = await other.query(
    `with mine as (
       select pid, row_number() over (order by pid) - 1 as at, count(*) over () as count from pg_stat_activity
       where datname = current_database() and application_name like 'lms-%'
     )
     select pg_terminate_backend(pid) from mine where at = $1::integer % count`,
    [which],
  );
  return rowCount ?? 0;
}
