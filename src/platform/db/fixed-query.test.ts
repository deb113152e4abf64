import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import { createTestDatabase, type TestDatabase } from '#test/database.ts';
import { openDatabase, type Database } from './database.ts';
import { fixedQuery } from './fixed-query.ts';

const findTypes = fixedQuery((db, { type, least }: { type: string; least: number | null }) =>
  db
    .selectFrom('event')
    .select(['type', sql<number>`${least}::int`.as('least')])
    .where('type', '=', type)
    .where('version', '=', 1)
    .compile(),
);

suite('a query that is built once', () => {
  let own: TestDatabase;
  let database: Database;
  before(async () => {
    own = await createTestDatabase();
    database = openDatabase({
      url: own.url,
      poolSize: 1,
      statementTimeoutMs: 10_000,
      lockTimeoutMs: 5_000,
      idleInTransactionTimeoutMs: 30_000,
      applicationName: 'lms-test',
      isPreparing: true,
      onError: () => {},
    });
    await sql`
      insert into event (id, type, version, occurred_at, data)
      values (gen_random_uuid(), 'one', 1, now(), '{}'), (gen_random_uuid(), 'two', 1, now(), '{}')`.execute(
      database.db,
    );
  });
  after(async () => {
    await database.close();
    await own.drop();
  });

  test('has the values of each call, and those that it was built with', async () => {
    const { db } = database;
    assert.deepEqual(await findTypes(db, { type: 'one', least: 1 }), [{ type: 'one', least: 1 }]);
    assert.deepEqual(await findTypes(db, { type: 'two', least: null }), [{ type: 'two', least: null }]);
    const both = await Promise.all(['one', 'two'].map((type) => findTypes(db, { type, least: 3 })));
    assert.deepEqual(
      both.flat().map(({ type }) => type),
      ['one', 'two'],
    );
  });

  test('is part of the transaction that it is given', async () => {
    await assert.rejects(
      database.db.transaction().execute(async (tx) => {
        await sql`insert into event (id, type, version, occurred_at, data)
          values (gen_random_uuid(), 'three', 1, now(), '{}')`.execute(tx);
        assert.equal((await findTypes(tx, { type: 'three', least: 0 })).length, 1);
        throw new Error('undo');
      }),
      /undo/,
    );
    assert.equal((await findTypes(database.db, { type: 'three', least: 0 })).length, 0);
  });
});
