import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, suite, test } from 'node:test';
import { pictureKeyOf } from '#features/files/commands/set-picture.ts';
import { runSql } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { pictureSizes } from '#platform/files/content-url.ts';
import { newId } from '#platform/ids.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { eraseDueJob } from './job-definitions.ts';
import { isMark, plantMarks, type Stored } from './marks-testing.ts';
import type { Entry } from './register/entry.ts';
import { register } from './register.ts';
import { everyKey, everyRow } from './whole-testing.ts';

suite('what the register leaves of a person who was erased', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  test('of rows with marks in every column of every table, and of their bytes, nothing is left but what it says stays', async () => {
    const { db, files, jobs } = server.open.deps;
    const person = await makePerson(server, 'student');
    const planted = await plantMarks(server.ownerDb, person.id);
    const [account] = await runSql<{ row: Stored }>(
      db,
      `update app_user set avatar_id = $2, role = 'instructor', locale = 'de', time_zone = 'Europe/Berlin'
       where id = $1 returning to_jsonb(app_user) as row`,
      [person.id, newId()],
    );
    planted.set('app_user', account?.row ?? {});
    const pictures = pictureSizes.map((size) => pictureKeyOf(String(account?.row['avatar_id']), size));
    const keys = [...[...planted.values()].flatMap((row) => storeKeysOf(row)), ...pictures].toSorted();
    for (const key of keys) await files.put(key, Readable.from(['bytes']), { contentType: 'text/plain' });
    assert.deepEqual(await everyKey(files), keys);
    assert.equal(keys.length, 4 + pictureSizes.length);
    const due = new Date(server.clock.now().getTime() - 1);
    await runSql(db, 'update erasure set due_at = $2 where user_id = $1', [person.id, due]);
    await inTransaction(db, (tx) => jobs.enqueue(tx, eraseDueJob, {}));
    await server.runJobs();

    const left = await everyRow(server.ownerDb);
    const stayed = new Set(
      register.flatMap((entry) => marksOf(entry, planted, staysIn)).map(([, mark]) => mark),
    );
    const gone = register.flatMap((entry) =>
      marksOf(entry, planted, (each, column) => !staysIn(each, column)),
    );
    assert.ok(gone.length > 200, `${gone.length} marks`);
    for (const [name, mark] of gone.filter(([, each]) => !stayed.has(each) && each !== person.id))
      assert.deepEqual(
        left.filter((row) => row.includes(mark)),
        [],
        `${name} is left`,
      );
    await assertRowsGone(planted);
    assert.deepEqual(await everyKey(files), [], 'bytes');
  });

  // Numbers and switches are no marks that could be looked for: their rows are gone, or say something else.
  async function assertRowsGone(planted: Map<string, Stored>): Promise<void> {
    const { db } = server.open.deps;
    const keys = await runSql<{ table: string; columns: string[] }>(
      db,
      `select indrelid::regclass::text as table, array_agg(attname::text) as columns
       from pg_index join pg_attribute on attrelid = indrelid and attnum = any(indkey)
       where indisprimary group by indrelid`,
      [],
    );
    for (const entry of register) {
      const { table, personal } = entry;
      const stored = planted.get(table) ?? {};
      const key = keys.find((each) => each.table === table)?.columns ?? [];
      const rows = await runSql<{ row: Stored }>(db, `select to_jsonb(t) as row from ${table} as t`, []);
      const found = rows.find(({ row }) => key.every((column) => row[column] === stored[column]))?.row;
      assert.equal(found === undefined, isDeleted(entry), table);
      for (const column of Object.keys(personal).filter((each) => found && !staysIn(entry, each)))
        assert.notDeepEqual(found?.[column], stored[column], `${table}.${column}`);
    }
  }
});

// A file that no lesson uses goes as a whole.
function isDeleted({ table, erasure }: Entry): boolean {
  return erasure === 'delete' || table === 'file';
}

/** Whether a column may hold after the erasure what it held before. */
function staysIn(entry: Entry, column: string): boolean {
  const { erasure, personal, stays = {} } = entry;
  if (isDeleted(entry)) return false;
  if (column in personal) return column in stays && column !== 'learner_name';
  return !(typeof erasure === 'object' && column in erasure.set);
}

type Mark = readonly [name: string, mark: string];

/** The marks of a row, also those in arrays and in JSON, in columns that are wanted. */
function marksOf(
  entry: Entry,
  planted: Map<string, Stored>,
  isWanted: (entry: Entry, column: string) => boolean,
): Mark[] {
  return Object.entries(planted.get(entry.table) ?? {}).flatMap(([column, value]) => {
    if (!isWanted(entry, column)) return [];
    const values = typeof value === 'object' && value !== null ? Object.values(value) : [value];
    return values.filter(isMark).map((mark) => [`${entry.table}.${column}`, String(mark)] as const);
  });
}

function storeKeysOf(row: Stored): string[] {
  return Object.values(row).filter(
    (value): value is string =>
      typeof value === 'string' && /^(?:certificates|exports|files|pictures)\//.test(value),
  );
}
