import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, suite, test } from 'node:test';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '#test/database.ts';
import { waitFor } from '#test/wait.ts';
import { migrate, readMigrations } from './migrate.ts';

suite('migrations', () => {
  let database: TestDatabase;
  let directory: string;
  let client: pg.Client;
  before(async () => {
    // Of PostgreSQL itself: nothing of ours has been applied.
    database = await createTestDatabase('template1');
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  beforeEach(async () => {
    await client.query('drop schema public cascade; create schema public');
    // A path that would break where one is taken for an address.
    directory = await mkdtemp(path.join(tmpdir(), 'migrations 100% #1 '));
  });
  after(async () => {
    await client.end();
    await database.drop();
  });

  const write = (name: string, sql: string) => writeFile(path.join(directory, name), sql);
  const run = (more: object = {}) => migrate(database.url, { directory, ...more });
  const rows = async (sql: string) => (await client.query<Record<string, unknown>>(sql)).rows;

  test('are applied in the order of their names, once; other files are left alone', async () => {
    await write('0002_b.sql', 'insert into a values (2)');
    await write('0001_a.sql', 'create table a (n integer); insert into a values (1)');
    await write('notes.sql', 'this is no SQL');
    const logged: string[] = [];
    assert.deepEqual(await run({ log: (line: string) => void logged.push(line) }), [
      '0001_a.sql',
      '0002_b.sql',
    ]);
    assert.deepEqual(logged, ['applied 0001_a.sql', 'applied 0002_b.sql']);
    assert.deepEqual(await run(), []);
    await write('0003_c.sql', 'insert into a values (3)');
    assert.deepEqual(await run(), ['0003_c.sql']);
    assert.deepEqual(await rows('select n from a order by n'), [{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  test('started several times at once are applied once, by one of them', async () => {
    await write(
      '0001_slow.sql',
      'create table a (n integer); select pg_sleep(0.3); insert into a values (1)',
    );
    const done = await Promise.all([run(), run(), run()]);
    assert.deepEqual(done.flat(), ['0001_slow.sql']);
    assert.deepEqual(await rows('select n from a'), [{ n: 1 }]);
  });

  test('wait for another no longer than they are told', async () => {
    await write('0001_slow.sql', 'select pg_sleep(1.5)');
    const first = run();
    await new Promise((resolve) => setTimeout(resolve, 300));
    await assert.rejects(run({ lockTimeoutMs: 200 }), /Another migration is still running/);
    await first;
  });

  test('that fail leave nothing of themselves, keep what came before, and stop', async () => {
    await write('0001_good.sql', 'create table good (n integer)');
    await write('0002_bad.sql', 'create table half (n integer); insert into half values (1 / 0)');
    await write('0003_later.sql', 'create table later (n integer)');
    await assert.rejects(run(), /Migration 0002_bad\.sql failed: division by zero/);
    const [tables] = await rows(
      `select to_regclass('good') as good, to_regclass('half') as half, to_regclass('later') as later`,
    );
    assert.deepEqual(tables, { good: 'good', half: null, later: null });
    await write('0002_bad.sql', 'create table half (n integer)');
    assert.deepEqual(await run(), ['0002_bad.sql', '0003_later.sql']);
  });

  test('that meet others at the same tables do not hold them up for long, and are tried again', async () => {
    await write('0001_a.sql', 'create table a (n integer); create table b (n integer)');
    await run();
    await write('0002_b.sql', 'alter table a add column m integer; alter table b add column m integer');
    const [one, other] = [new pg.Client(database.url), new pg.Client(database.url)];
    await Promise.all([one.connect(), other.connect()]);
    try {
      await one.query('begin; lock table b in access share mode');
      const logged: string[] = [];
      const migrating = run({ log: (line: string) => void logged.push(line) });
      await waitFor('it is tried again', () => logged.length > 0, 20_000);
      // While it waits for one table, it holds none of the others for longer than a request bears.
      await other.query(`set statement_timeout = 4_500; select from a`);
      await one.query('commit');
      assert.deepEqual(await migrating, ['0002_b.sql']);
      assert.match(logged[0] ?? '', /^0002_b\.sql met others at the same tables; trying again$/);
    } finally {
      await Promise.all([one.end(), other.end()]);
    }
  });

  test('edited after they were applied are refused before anything is done', async () => {
    await write('0001_a.sql', 'create table a (n integer)');
    await run();
    await write('0001_a.sql', 'create table a (n bigint)');
    await write('0002_b.sql', 'create table b (n integer)');
    await assert.rejects(run(), /0001_a\.sql was edited after it was applied/);
    assert.deepEqual(await rows(`select to_regclass('b') as b`), [{ b: null }]);
  });

  test('that have vanished are refused; those of a newer program are left alone', async () => {
    for (const name of ['0001_a', '0002_b', '0003_c'])
      await write(`${name}.sql`, `create table ${name.slice(5)} (n integer)`);
    await run();
    await rm(path.join(directory, '0003_c.sql'));
    assert.deepEqual(await run(), []);
    await write('0003_c.sql', 'create table c (n integer)');
    await rm(path.join(directory, '0002_b.sql'));
    await assert.rejects(run(), /0002_b\.sql was applied and is not there any more/);
  });

  test('without a transaction make an index concurrently, beside another migration that waits', async () => {
    await write('0001_a.sql', 'create table a (n integer)');
    await write(
      '0002_index.sql',
      `-- no-transaction
-- Two statements; sent together, PostgreSQL would refuse them.
drop index concurrently if exists a_n_idx; -- what a failed try left
create index concurrently a_n_idx on a (n);
`,
    );
    const done = await Promise.all([run(), run()]);
    assert.deepEqual(done.flat(), ['0001_a.sql', '0002_index.sql']);
    assert.deepEqual(await rows(`select indisvalid from pg_index where indexrelid = 'a_n_idx'::regclass`), [
      { indisvalid: true },
    ]);
  });

  test('in a folder that is not there say so', async () => {
    await assert.rejects(
      migrate(database.url, { directory: path.join(directory, 'none') }),
      /folder of migrations, .*none, cannot be read/,
    );
  });

  test('of ours are all read', async () => {
    const ours = await readMigrations();
    const files = await readdir(path.join(import.meta.dirname, '../../../migrations'));
    assert.deepEqual(
      ours.map(({ name }) => name),
      files.filter((name) => name.endsWith('.sql')).toSorted(),
    );
  });
});
