import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import { Type } from 'typebox';
import pg from 'pg';
import { waitFor } from '#test/wait.ts';
import { inTransaction } from './db/transaction.ts';
import { createEvents, defineEvent, definePublicEvent, fact, type Events } from './events.ts';
import { object } from './http/schema.ts';
import { newId } from './ids.ts';
import { defineJob } from './jobs/definition.ts';
import { openJobBench, type JobBench } from './jobs/jobs-testing.ts';

const happened = defineEvent('test.happened', Type.Object({ number: Type.Integer() }));
const ignored = defineEvent('test.ignored', Type.Object({}));
const first = defineJob({ name: 'test.first', queue: 'emails', payload: happened.data });
const second = defineJob({ name: 'test.second', queue: 'progress', payload: happened.data });
const strict = defineEvent('test.strict', object({ number: Type.Integer() }));
const shown = definePublicEvent('test.shown', object({ number: Type.Integer() }), {
  description: 'In a test.',
  example: { number: 1 },
});
const follow = defineJob({
  name: 'test.follow',
  queue: 'webhooks',
  payload: object({ eventIds: Type.Array(Type.String()) }),
});
const catalogue = { public: [shown], internal: [happened, ignored, strict] };
const reactions = [
  { event: happened, job: first },
  { event: happened, job: second },
];

suite('events', () => {
  let bench: JobBench;
  let events: Events;
  const at = new Date('2026-05-05T12:00:00.123Z');
  before(async () => {
    bench = await openJobBench();
    events = createEvents(bench.engine, { catalogue, reactions });
  });
  after(() => bench.stop());

  const publish = (number: number) =>
    inTransaction(bench.db, (tx) => events.publish(tx, fact(happened, null, at, { number })));

  test('a fact is kept as it was, and each reaction gets one job with its data, in one transaction', async () => {
    const actor = newId();
    await inTransaction(bench.db, (tx) =>
      events.publish(tx, fact(happened, actor, at, { number: 1 }), fact(ignored, null, at, {})),
    );
    const rows = await bench.rowsOf<Record<string, unknown>>(
      'select type, version, occurred_at, actor_id, data from event order by sequence',
    );
    assert.deepEqual(rows, [
      { type: 'test.happened', version: 1, occurred_at: at, actor_id: actor, data: { number: 1 } },
      { type: 'test.ignored', version: 1, occurred_at: at, actor_id: null, data: {} },
    ]);
    const jobs = await bench.rowsOf('select data from pgboss.job order by name');
    assert.deepEqual(jobs, [
      { data: { job: 'test.first', payload: { number: 1 } } },
      { data: { job: 'test.second', payload: { number: 1 } } },
    ]);
  });

  test('of a transaction that is rolled back there is neither fact nor job', async () => {
    const counts =
      'select (select count(*)::int from event) as events, (select count(*)::int from pgboss.job) as jobs';
    const [before] = await bench.rowsOf(counts);
    const failing = inTransaction(bench.db, async (tx) => {
      await events.publish(tx, fact(happened, null, at, { number: 2 }));
      throw new Error('undo');
    });
    await assert.rejects(failing, /undo/);
    assert.deepEqual(await bench.rowsOf(counts), [before]);
  });

  test('a fact is never changed, deleted or emptied away', async () => {
    for (const statement of ['update event set data = null', 'delete from event', 'truncate event']) {
      await assert.rejects(bench.rowsOf(statement), /event is append-only/, statement);
    }
  });

  test('a reader who stops before open transactions misses none that commits late', async () => {
    const reader = async (after: string) =>
      bench.rowsOf<{ id: string; number: number }>(
        `select transaction_id::text || ':' || sequence as id, (data->>'number')::int as number from event
         where (transaction_id, sequence) > (split_part($1, ':', 1)::xid8, split_part($1, ':', 2)::bigint)
           and transaction_id < pg_snapshot_xmin(pg_current_snapshot()) order by transaction_id, sequence`,
        [after],
      );
    await waitFor('earlier facts are shown', async () => (await reader('0:0')).length === 2);
    const start = (await reader('0:0')).at(-1)?.id ?? '0:0';
    const late = new pg.Client({ connectionString: bench.databaseUrl });
    await late.connect();
    try {
      await late.query('begin');
      await late.query(
        `insert into event (id, type, version, occurred_at, data) values ($1, 'test.happened', 1, now(), '{"number": 10}')`,
        [newId()],
      );
      await publish(11);
      const early = await reader(start);
      assert.deepEqual(early, [], 'what came after an open transaction waits for it');
      await late.query('commit');
    } finally {
      await late.end();
    }
    // Transactions of other databases of the server count as open too.
    let all = await reader(start);
    await waitFor('both are shown', async () => (all = await reader(start)).length === 2);
    assert.deepEqual(
      all.map(({ number }) => number),
      [10, 11],
    );
  });

  test('data that do not match the schema are refused, and the transaction with them', async () => {
    const count = 'select count(*)::int as events from event';
    const before = await bench.rowsOf(count);
    for (const data of [{}, { number: 'one' }, { number: 1, more: 2 }]) {
      const publishing = inTransaction(bench.db, async (tx) => {
        await events.publish(tx, fact(ignored, null, at, {}));
        await events.publish(tx, fact(strict, null, at, data as { number: number }));
      });
      await assert.rejects(publishing, /data of test\.strict do not match its schema/, JSON.stringify(data));
    }
    assert.deepEqual(await bench.rowsOf(count), before);
  });

  test('an event that is in no list is refused, also one that only has the name of another', async () => {
    for (const definition of [defineEvent('test.unlisted', ignored.data), { ...ignored }]) {
      const publishing = inTransaction(bench.db, (tx) => events.publish(tx, fact(definition, null, at, {})));
      await assert.rejects(publishing, /is in no list of events/);
    }
    const reaction = { event: defineEvent('test.unlisted', happened.data), job: first };
    assert.throws(
      () => createEvents(bench.engine, { catalogue, reactions: [reaction] }),
      /is in no list of events/,
    );
    const twice = { public: [shown], internal: [happened, shown] };
    assert.throws(
      () => createEvents(bench.engine, { catalogue: twice, reactions: [] }),
      /test\.shown is listed twice/,
    );
  });

  test('public events are followed by a job for a hundred ids at most, where it is wanted', async () => {
    const isWanted = sql<boolean>`(event.data ->> 'number')::int % 2 = 1`;
    const followed = createEvents(bench.engine, {
      catalogue,
      reactions: [],
      follower: { job: follow, isWanted },
    });
    const facts = Array.from({ length: 203 }, (_, number) => fact(shown, null, at, { number }));
    const ids = await inTransaction(bench.db, (tx) =>
      followed.publish(tx, ...facts, fact(happened, null, at, { number: 1 })),
    );
    const jobs = await bench.rowsOf<{ ids: string[] }>(
      `select data->'payload'->'eventIds' as ids from pgboss.job where data->>'job' = 'test.follow' order by jsonb_array_length(data->'payload'->'eventIds')`,
    );
    assert.deepEqual(
      jobs.map((job) => job.ids.length),
      [1, 100],
    );
    const wanted = ids.slice(0, 203).filter((_, number) => number % 2 === 1);
    assert.deepEqual(jobs.flatMap((job) => job.ids).toSorted(), wanted.toSorted());
  });

  test('a reaction that is listed twice is refused', () => {
    assert.throws(
      () => createEvents(bench.engine, { catalogue, reactions: [...reactions, reactions[0]!] }),
      /test\.happened → test\.first is listed twice/,
    );
  });
});
