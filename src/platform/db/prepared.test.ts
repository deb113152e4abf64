import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { createTestDatabase, type TestDatabase } from '#test/database.ts';
import { openDatabase, runSql, type Database } from './database.ts';
import { createStatementNames } from './prepared.ts';
import { inTransaction } from './transaction.ts';

suite('prepared statements', () => {
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
    await runSql(database.db, 'create table thing (a integer)');
    await runSql(database.db, 'insert into thing values (1)');
  });
  after(async () => {
    await database.close();
    await own.drop();
  });
  const all = 'select * from thing where a > $1';
  const preparedTexts = async () =>
    (await runSql<{ statement: string }>(database.db, 'select statement from pg_prepared_statements')).map(
      ({ statement }) => statement,
    );

  test('a statement is prepared when it comes again and again', async () => {
    for (let use = 1; use <= 2; use += 1) await runSql(database.db, all, [0]);
    assert.deepEqual(await preparedTexts(), []);
    for (let use = 3; use <= 4; use += 1) assert.deepEqual(await runSql(database.db, all, [0]), [{ a: 1 }]);
    assert.deepEqual(await preparedTexts(), [all]);
  });

  test('a migration that changes what one answers fails no query, alone or in a transaction', async () => {
    for (let use = 1; use <= 4; use += 1) await runSql(database.db, all, [0]);
    await runSql(database.db, 'alter table thing add column b integer default 2');
    assert.deepEqual(await runSql(database.db, all, [0]), [{ a: 1, b: 2 }]);
    for (let use = 1; use <= 4; use += 1) await runSql(database.db, all, [0]);
    await runSql(database.db, 'alter table thing add column c integer default 3');
    const inOne = () => inTransaction(database.db, (tx) => runSql(tx, all, [0]));
    assert.deepEqual(await inOne(), [{ a: 1, b: 2, c: 3 }]);
    assert.deepEqual(await inOne(), [{ a: 1, b: 2, c: 3 }]);
  });

  test('what is wrong with a prepared statement is told as of any other', async () => {
    const wrong = 'select 1 / $1::integer as quotient';
    for (let use = 1; use <= 4; use += 1)
      await assert.rejects(runSql(database.db, wrong, [0]), { code: '22012' });
    assert.deepEqual(await runSql(database.db, wrong, [1]), [{ quotient: 1 }]);
  });
});

suite('names of statements', () => {
  const use = (names: ReturnType<typeof createStatementNames>, text: string, times: number) =>
    Array.from({ length: times }, () => names.nameOf(text)).at(-1);

  test('are given to single statements with plans, and to a limited number', () => {
    const names = createStatementNames();
    for (const text of ['begin', 'set local x = 1', 'select 1; select 2', 'listen jobs'])
      assert.equal(use(names, text, 9), undefined, text);
    assert.equal(use(names, 'with x as (select 1) select * from x', 2), undefined);
    assert.equal(use(names, 'with x as (select 1) select * from x', 1), 'lms_1');
    const given = Array.from({ length: 400 }, (_, index) => use(names, `select ${index}`, 3));
    assert.equal(given.filter((name) => name !== undefined).length, 299);
  });

  test('change when a text is forgotten', () => {
    const names = createStatementNames();
    const first = use(names, 'select 1', 3);
    names.forget('select 1');
    assert.notEqual(use(names, 'select 1', 3), first);
  });
});
