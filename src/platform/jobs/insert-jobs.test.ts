import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fromKysely } from 'pg-boss';
import { Type } from 'typebox';
import { inTransaction } from '#platform/db/transaction.ts';
import { waitFor } from '#test/wait.ts';
import { defineJob, job, queueNames } from './definition.ts';
import { openJobBench, type JobBench } from './jobs-testing.ts';

const payload = Type.Object({ number: Type.Integer() });
const tests = queueNames.map((queue) =>
  defineJob({
    name: `test.${queue}`,
    queue,
    payload,
    retryLimit: queue.length,
    ...(queue === 'maintenance' && { expireInSeconds: 7_200 }),
  }),
);

suite('adding jobs of several queues at once', () => {
  let bench: JobBench;
  before(async () => void (bench = await openJobBench()));
  after(() => bench.stop());

  type Row = Record<string, unknown> & { id: string; name: string };
  const rowsBy = async (add: () => Promise<void>): Promise<Row[]> => {
    await bench.rowsOf('delete from pgboss.job');
    await add();
    return bench.rowsOf<Row>('select * from pgboss.job order by name, start_after');
  };
  // Ids are made anew, and all times lie on the same moment, that of the transaction.
  const shapeOf = (row: Row) => {
    const born = (row['created_on'] as Date).getTime();
    return Object.fromEntries(
      Object.entries(row).map(([column, value]) => [
        column,
        value instanceof Date ? value.getTime() - born : column === 'id' ? typeof value : value,
      ]),
    );
  };

  for (const delayMs of [0, 3_600_000])
    test(`a job that is due in ${delayMs} ms is written column by column as pg-boss would write it`, async () => {
      const startAfter = delayMs === 0 ? undefined : new Date(Date.now() + delayMs);
      const theirs = await rowsBy(() =>
        inTransaction(bench.db, async (tx) => {
          for (const { name, queue, retryLimit, expireInSeconds } of tests) {
            const row = {
              data: { job: name, payload: { number: 1 } },
              retryLimit,
              ...(expireInSeconds !== undefined && { expireInSeconds }),
            };
            await bench.engine.boss.insert(queue, [{ ...row, ...(startAfter && { startAfter }) }], {
              db: fromKysely(tx),
            });
          }
        }),
      );
      const ours = await rowsBy(() =>
        inTransaction(bench.db, (tx) =>
          bench.engine.enqueueAll(
            tx,
            tests.map((definition) => ({
              definition,
              payload: { number: 1 },
              ...(startAfter && { options: { startAfter } }),
            })),
          ),
        ),
      );
      assert.equal(ours.length, queueNames.length);
      // Two transactions begin at two moments; the hour counts from the program's.
      const toSecond = (rows: Row[]) =>
        rows.map(shapeOf).map((shape) => ({
          ...shape,
          start_after: Math.round(Number(shape['start_after']) / 10_000),
          keep_until: Math.round(Number(shape['keep_until']) / 10_000),
        }));
      assert.deepEqual(toSecond(ours), toSecond(theirs));
      assert.deepEqual(
        ours.map((row) => row['start_after']).filter((at) => startAfter && +(at as Date) !== +startAfter),
        [],
      );
    });

  test('jobs of every queue cost one statement', async () => {
    const before = bench.statements.length;
    await add();
    assert.equal(bench.statements.length - before, 1);
  });

  test('none is added without its queue', async () => {
    const homeless = defineJob({ name: 'test.homeless', queue: 'reports' as never, payload });
    await assert.rejects(
      inTransaction(bench.db, (tx) => bench.engine.enqueue(tx, homeless, { number: 1 })),
      /A queue of the job engine does not exist/,
    );
  });

  const add = () =>
    inTransaction(bench.db, (tx) =>
      bench.engine.enqueueAll(
        tx,
        tests.map((definition) => ({ definition, payload: { number: 1 } })),
      ),
    );
  const addByEngine = async () => {
    for (const { name, queue } of tests)
      await bench.engine.boss.insert(queue, [{ data: { job: name, payload: { number: 2 } } }]);
  };

  test('listeners hear of jobs of each queue, whether we or pg-boss add them', async () => {
    const heard: string[] = [];
    const ear = await bench.engine.claims.listen(
      (queue) => void heard.push(queue),
      () => {},
    );
    const all = queueNames.toSorted();
    try {
      for (const way of [add, addByEngine]) {
        heard.length = 0;
        await way();
        await waitFor('word of each queue', () => heard.length === all.length);
        assert.deepEqual(heard.toSorted(), all);
      }
    } finally {
      await ear.close();
    }
  });

  test('a worker that waits takes a job of each queue when it is told', async () => {
    await bench.rowsOf('delete from pgboss.job');
    const done: string[] = [];
    bench.startWorker(
      tests.map((definition) => job(definition, async () => void done.push(definition.queue))),
      4,
      // Long after the test: it finds what it is told of.
      600_000,
    );
    await sleep(700);
    await add();
    await waitFor('a job of each queue', () => done.length === queueNames.length);
    assert.deepEqual(done.toSorted(), queueNames.toSorted());
  });
});
