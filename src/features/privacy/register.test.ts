import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { impersonal, register } from './register.ts';
import { sayingNothing } from './register/saying-nothing.ts';

suite('the register of personal data', () => {
  let server: TestServer;
  before(async () => void (server = await startTestServer()));
  after(() => server.stop());

  test('knows every table, and of those with data of persons every column', async () => {
    const rows = await runSql<{ table: string; columns: string[] }>(
      server.open.deps.db,
      `select table_name as table, array_agg(column_name::text order by column_name) as columns
       from information_schema.columns where table_schema = 'public' group by table_name`,
      [],
    );
    const known = new Set([...register.map(({ table }) => table), ...Object.keys(impersonal)]);
    assert.deepEqual(rows.map(({ table }) => table).toSorted(), [...known].toSorted());
    for (const { table, personal, other } of register) {
      const columns = [...Object.keys(personal), ...other];
      assert.equal(new Set(columns).size, columns.length, table);
      assert.deepEqual(columns.toSorted(), rows.find((row) => row.table === table)?.columns, table);
    }
  });

  test('says of every personal column of a row that stays why it stays, or empties it', () => {
    for (const { table, personal, erasure, stays = {} } of register) {
      const emptied = typeof erasure === 'object' ? Object.keys(erasure.set) : [];
      if (erasure === 'byTrail') emptied.push('details');
      const left =
        erasure === 'delete' ? [] : Object.keys(personal).filter((name) => !emptied.includes(name));
      assert.deepEqual(Object.keys(stays).toSorted(), left.toSorted(), table);
    }
  });

  test('knows of every text, JSON and bytes beside the personal columns why it says nothing of the person', async () => {
    const rows = await runSql<{ name: string }>(
      server.open.deps.db,
      `select format('%s.%s', c.table_name, c.column_name) as name from information_schema.columns c
       where c.table_schema = 'public' and c.udt_name in ('text', 'citext', 'varchar', 'json', 'jsonb', 'bytea', '_text')
         -- One of a few words says no more than which.
         and not exists (
           select from pg_constraint where conrelid = format('%I', c.table_name)::regclass and contype = 'c'
             and pg_get_constraintdef(oid) ~ format('\\(%s = ANY \\(ARRAY\\[', c.column_name))`,
      [],
    );
    const others = new Set(
      register.flatMap(({ table, other }) => other.map((column) => `${table}.${column}`)),
    );
    const texts = rows.map(({ name }) => name).filter((name) => others.has(name));
    assert.deepEqual(texts.toSorted(), Object.keys(sayingNothing).toSorted());
  });

  test('empties only columns that it calls personal, or that hold what identifies', () => {
    for (const { table, personal, other, erasure } of register) {
      if (typeof erasure === 'string') continue;
      for (const column of Object.keys(erasure.set))
        assert.ok(column in personal || other.includes(column), `${table}.${column}`);
    }
  });
});
