import assert from 'node:assert/strict';
import { after, afterEach, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { Type } from 'typebox';
import { inTransaction } from '#platform/db/transaction.ts';
import { KnownError } from '#platform/known-error.ts';
import { waitFor } from '#test/wait.ts';
import { PermanentError, defineJob, job } from './definition.ts';
import { openJobBench, type JobBench } from './jobs-testing.ts';
import { checkJobs } from './worker.ts';

const note = defineJob({
  name: 'test.note',
  queue: 'emails',
  payload: Type.Object({ number: Type.Integer() }),
});
const slow = defineJob({ name: 'test.slow', queue: 'emails', payload: Type.Object({}) });
const failing = defineJob({
  name: 'test.failing',
  queue: 'progress',
  payload: Type.Object({}),
  retryLimit: 1,
});
const away = defineJob({ name: 'test.away', queue: 'certificates', payload: Type.Object({}) });
const hopeless = defineJob({ name: 'test.hopeless', queue: 'progress', payload: Type.Object({}) });
const unknown = defineJob({ name: 'test.unknown', queue: 'maintenance', payload: Type.Object({}) });

suite('jobs', () => {
  let bench: JobBench;
  let noted: number[] = [];
  let tries: { attempt: number; isLastAttempt: boolean; at: number }[] = [];
  let release = Promise.withResolvers<void>();
  before(async () => {
    bench = await openJobBench();
    bench.startWorker([
      job(note, async (_deps, { number }) => void noted.push(number)),
      job(slow, () => release.promise),
      job(failing, async (_deps, _payload, { attempt, isLastAttempt }) => {
        tries.push({ attempt, isLastAttempt, at: performance.now() });
        throw Object.assign(new Error('invalid input syntax: "a secret value"'), { code: '22P02' });
      }),
      job(away, async () => {
        throw new KnownError('part_away', 'mail.invalid:587: name not found; check SMTP_HOST');
      }),
      job(hopeless, async () => {
        throw new PermanentError('this can never work');
      }),
    ]);
  });
  after(async () => {
    release.resolve();
    await bench.stop();
  });
  afterEach(() => {
    noted = [];
    tries = [];
  });

  const enqueueNote = (number: number) =>
    inTransaction(bench.db, (tx) => bench.engine.enqueue(tx, note, { number }));
  const stateOf = async (name: string) => (await bench.states()).find((state) => state.job === name);

  test('a job added in a transaction that is rolled back does not exist', async () => {
    const refused = new Error('undo');
    await assert.rejects(
      inTransaction(bench.db, async (tx) => {
        await bench.engine.enqueue(tx, note, { number: 1 });
        throw refused;
      }),
      refused,
    );
    await enqueueNote(2);
    await waitFor('the second job', () => noted.length > 0);
    assert.deepEqual(noted, [2]);
    assert.equal((await bench.states()).length, 1);
  });

  test('a job is not taken before its transaction commits, and at once when it does', async () => {
    let committedAt = 0;
    await inTransaction(bench.db, async (tx) => {
      await bench.engine.enqueue(tx, note, { number: 3 });
      await sleep(300);
      assert.deepEqual(noted, []);
      committedAt = performance.now();
    });
    await waitFor('the job', () => noted.length === 1);
    // Without NOTIFY it would be found by the next look, seconds later.
    assert.ok(performance.now() - committedAt < 1_500, `${performance.now() - committedAt} ms`);
  });

  test('a job of the future waits for its time', async () => {
    await inTransaction(bench.db, (tx) =>
      bench.engine.enqueue(tx, note, { number: 4 }, { startAfter: new Date(Date.now() + 3_600_000) }),
    );
    await enqueueNote(5);
    await waitFor('the other job', () => noted.length > 0);
    assert.deepEqual(noted, [5]);
  });

  test('a slow job holds back none of its queue, not even what was added with it', async () => {
    const others = Array.from({ length: 50 }, (_, number) => ({ definition: note, payload: { number } }));
    const start = performance.now();
    await inTransaction(bench.db, (tx) =>
      bench.engine.enqueueAll(tx, [{ definition: slow, payload: {} }, ...others]),
    );
    await waitFor('all the others', () => noted.length === 50);
    assert.equal((await stateOf('test.slow'))?.state, 'active');
    // One a look would take minutes.
    assert.ok(performance.now() - start < 5_000, `${performance.now() - start} ms`);
    release.resolve();
    await waitFor('the slow one', async () => (await stateOf('test.slow'))?.state === 'completed');
    release = Promise.withResolvers();
  });

  test('a permanent failure, an unknown job and a payload that does not match fail at once', async () => {
    await inTransaction(bench.db, (tx) =>
      bench.engine.enqueueAll(tx, [
        { definition: hopeless, payload: {} },
        { definition: unknown, payload: {} },
        { definition: note, payload: { number: 'seven' } },
      ]),
    );
    const isDone = async () => (await bench.states()).filter(({ state }) => state === 'failed').length === 3;
    await waitFor('three failures', isDone);
    const failed = (await bench.states()).filter(({ state }) => state === 'failed');
    assert.deepEqual(failed.map(({ job: name, retries, message }) => [name, retries, message]).toSorted(), [
      ['test.hopeless', 0, 'this can never work'],
      ['test.note', 0, 'The payload does not match the schema of the job.'],
      ['test.unknown', 0, 'This program has no handler for the job. Is a newer one enqueuing it?'],
    ]);
    assert.deepEqual(noted, []);
    assert.ok(
      bench.log.some((line) => line['message'] === 'job failed for good' && line['job'] === 'test.hopeless'),
    );
  });

  test('what many jobs fail by, for a reason that is known, is one line without a stack', async () => {
    await inTransaction(bench.db, (tx) =>
      bench.engine.enqueueAll(
        tx,
        Array.from({ length: 5 }, () => ({ definition: away, payload: {} })),
      ),
    );
    const isTried = async () =>
      (await bench.states()).filter(({ job: name, state }) => name === 'test.away' && state === 'retry')
        .length === 5;
    await waitFor('five failures', isTried);
    const lines = bench.log.filter((line) => line['job'] === 'test.away' && line['level'] === 'warn');
    assert.equal(lines.length, 1);
    assert.deepEqual(lines[0]?.['err'], {
      type: 'KnownError',
      message: 'mail.invalid:587: name not found; check SMTP_HOST',
      code: 'part_away',
    });
    await inTransaction(bench.db, (tx) =>
      sql`delete from pgboss.job where data->>'job' = 'test.away'`.execute(tx),
    );
  });

  test('a failing job is tried again, each time later, then fails; its kept message quotes no value', async () => {
    await inTransaction(bench.db, (tx) => bench.engine.enqueue(tx, failing, {}));
    await waitFor('two tries', () => tries.length === 2, 60_000);
    await waitFor('the failure', async () => (await stateOf('test.failing'))?.state === 'failed');
    assert.deepEqual(
      tries.map(({ attempt, isLastAttempt }) => [attempt, isLastAttempt]),
      [
        [1, false],
        [2, true],
      ],
    );
    const [first, second] = tries.map(({ at }) => at) as [number, number];
    assert.ok(second - first > 1_000, `${second - first} ms`);
    assert.equal((await stateOf('test.failing'))?.message, 'invalid input syntax: "…"');
    assert.match(
      await bench.metrics.registry.metrics(),
      /lms_job_runs_total\{queue="progress",job_name="test.failing",outcome="retried"\} 1/,
    );
  });
});

suite('a job in hand', () => {
  const many = defineJob({ name: 'test.many', queue: 'webhooks', payload: Type.Object({}) });
  const long = defineJob({ name: 'test.long', queue: 'certificates', payload: Type.Object({}) });
  const held = defineJob({ name: 'test.held', queue: 'progress', payload: Type.Object({}) });
  let bench: JobBench;
  let running = 0;
  const seen: number[] = [];
  const tries: number[] = [];
  const lost = Promise.withResolvers<unknown>();
  const heldStarted = Promise.withResolvers<void>();
  const heldEnd = Promise.withResolvers<void>();
  before(async () => {
    bench = await openJobBench();
    // Shorter than in earnest, so that two of them pass within the test.
    await bench.rowsOf(`update pgboss.queue set heartbeat_seconds = 5 where name = 'certificates'`);
    bench.startWorker(
      [
        job(many, async () => {
          running += 1;
          seen.push(running);
          await sleep(Math.random() * 5);
          running -= 1;
        }),
        job(long, async (_deps, _payload, { attempt, signal }) => {
          tries.push(attempt);
          signal.addEventListener('abort', () => lost.resolve(signal.reason));
          await lost.promise;
        }),
        job(held, () => {
          heldStarted.resolve();
          return heldEnd.promise;
        }),
      ],
      3,
    );
  });
  after(() => bench.stop());
  const enqueue = (definition: typeof slow, count = 1) =>
    inTransaction(bench.db, (tx) =>
      bench.engine.enqueueAll(
        tx,
        Array.from({ length: count }, () => ({ definition, payload: {} })),
      ),
    );

  test('is one of as many as the concurrency allows, and never of more', async () => {
    await enqueue(many, 60);
    await waitFor('all', async () => (await bench.states()).every(({ state }) => state === 'completed'));
    assert.equal(seen.length, 60);
    assert.equal(Math.max(...seen), 3);
  });

  test('stays with its worker for longer than a heartbeat, and is told when it is no longer its own', async () => {
    await enqueue(long);
    await waitFor('the job', () => tries.length > 0);
    await sleep(11_000);
    assert.deepEqual(tries, [1]);
    // As if another had taken it, and gave a sign of life.
    await bench.rowsOf(
      `update pgboss.job set retry_count = 7, heartbeat_on = now() + interval '1 minute' where name = 'certificates'`,
    );
    assert.match(String(await lost.promise), /no longer this worker/);
    await sleep(200);
    // What it says of a job that another may hold changes nothing.
    const [row] = await bench.rowsOf<{ state: string }>(
      `select state from pgboss.job where name = 'certificates'`,
    );
    assert.equal(row?.state, 'active');
  });

  test('is settled when the database answers again', async () => {
    await enqueue(held);
    await heldStarted.promise;
    await inTransaction(bench.db, async (tx) => {
      await sql`lock table pgboss.job_common in access exclusive mode`.execute(tx);
      heldEnd.resolve();
      await sleep(300);
      await sql`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'lms-jobs-work-test' and datname = current_database()`.execute(tx);
      await sleep(300);
    });
    await waitFor('it is settled', async () => {
      const states = await bench.states();
      return states.find(({ job: name }) => name === 'test.held')?.state === 'completed';
    });
  });
});

suite('a worker that stops', () => {
  test('ends the job in hand first and takes no other', async () => {
    const bench = await openJobBench();
    const started = Promise.withResolvers<void>();
    const ended: string[] = [];
    try {
      bench.startWorker(
        [
          job(slow, async () => {
            started.resolve();
            await sleep(1_000);
            ended.push('slow');
          }),
          job(note, async () => void ended.push('note')),
        ],
        1,
      );
      await inTransaction(bench.db, (tx) =>
        bench.engine.enqueueAll(tx, [
          { definition: slow, payload: {} },
          { definition: note, payload: { number: 1 } },
        ]),
      );
      await started.promise;
      await bench.engine.stop(10_000);
      assert.deepEqual(ended, ['slow']);
      const states = Object.fromEntries((await bench.states()).map(({ job: name, state }) => [name, state]));
      assert.deepEqual(states, { 'test.slow': 'completed', 'test.note': 'created' });
    } finally {
      await bench.stop();
    }
  });
});

suite('a worker whose time to stop is over', () => {
  test('tells the job that is still running, and leaves it to be done again', async () => {
    const bench = await openJobBench();
    const started = Promise.withResolvers<AbortSignal>();
    try {
      bench.startWorker([
        job(slow, async (_deps, _payload, { signal }) => {
          started.resolve(signal);
          await new Promise(() => {});
        }),
      ]);
      await inTransaction(bench.db, (tx) => bench.engine.enqueue(tx, slow, {}));
      const signal = await started.promise;
      await bench.engine.stop(200);
      assert.ok(signal.aborted);
      const [left] = await bench.states();
      assert.deepEqual(
        [left?.state, left?.message],
        ['retry', 'The worker stopped before the job had ended.'],
      );
    } finally {
      await bench.stop();
    }
  });
});

suite('the list of jobs', () => {
  const one = job(note, async () => {});
  test('is refused with two handlers for one, none for another, or a queue that nobody takes', () => {
    checkJobs([one], ['test.note']);
    assert.throws(() => checkJobs([one, one], []), /job test\.note has two handlers/);
    assert.throws(() => checkJobs([one], ['test.other']), /job test\.other has no handler/);
    const homeless = job({ ...note, name: 'test.homeless', queue: 'reports' as never }, async () => {});
    assert.throws(
      () => checkJobs([homeless], []),
      /job test\.homeless belongs to a queue that no worker takes/,
    );
  });
});
