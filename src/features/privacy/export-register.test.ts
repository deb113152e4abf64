import assert from 'node:assert/strict';
import { randomBytes, randomInt } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import { ok } from '#test/loop.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { exportData, readArchive, rowsIn } from './archive-testing.ts';
import { nameOf } from './queries/export-rows.ts';
import { isMark, plantMarks, readColumns, type Column } from './marks-testing.ts';
import type { Entry } from './register/entry.ts';
import { register } from './register.ts';

const given = register.flatMap((entry) => ('none' in entry.exported ? [] : [{ entry, ...entry.exported }]));

suite('what the register gives of a person in an export', () => {
  let server: TestServer;
  let columns: Column[];
  before(async () => {
    server = await startTestServer();
    columns = await readColumns(server.open.deps.db);
  });
  after(() => server.stop());

  const run = <Row extends object = object>(text: string, values: unknown[] = []) =>
    runSql<Row>(server.ownerDb, text, values);

  test('names only columns that are there, pages by what is unique, and never a hash, a key or a secret', async () => {
    const unique = await run<{ table: string; columns: string[] }>(
      `select i.indrelid::regclass::text as table, array_agg(a.attname::text) as columns
       from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey)
       where i.indisunique and i.indpred is null group by i.indexrelid, i.indrelid`,
    );
    for (const { entry, by, without = {} } of given) {
      const { table } = entry;
      const all = [...Object.keys(entry.personal), ...entry.other];
      for (const column of [...by, ...Object.keys(without)])
        assert.ok(all.includes(column), `${table}.${column}`);
      assert.ok(
        unique.some((each) => each.table === table && each.columns.every((column) => by.includes(column))),
        `${table} by ${by.join(', ')}`,
      );
      for (const column of all.filter((name) => !(name in without))) {
        const type = columns.find((each) => each.table === table && each.column === column)?.type;
        assert.notEqual(type, 'bytea', `${table}.${column} holds bytes: leave it out, with why`);
        if (type === 'timestamptz') continue;
        assert.doesNotMatch(
          column,
          /hash|secret|token|passw|salt|digest|(?:store|storage)_key/,
          `${table}.${column}`,
        );
      }
    }
  });

  test('of what others did to somebody, and of what they did to others, it tells no more than that it was', async () => {
    const [person, other, staff] = await Promise.all([
      makePerson(server, 'student'),
      makePerson(server, 'student'),
      makePerson(server, 'admin'),
    ]);
    const insert = (actor: string, subject: string, impersonator: string | null) => {
      const mark = `10.0.${randomInt(250)}.${randomBytes(4).toString('hex')}`;
      return run(
        `insert into audit_entry (id, at, action, outcome, actor_kind, actor_id, impersonator_id, session_id, target_kind,
           target_id, person_id, details, salt, details_digest)
         values ($1, $2, 'user.updated', 'done', 'person', $3, $4, $5, 'user', $6, $6, $7, '\\x00', '\\x00')`,
        [
          newId(),
          server.clock.now(),
          actor,
          impersonator,
          newId(),
          subject,
          JSON.stringify({ address: mark }),
        ],
      ).then(() => mark);
    };
    const own = await insert(person.id, person.id, null);
    const hidden = [
      await insert(staff.id, person.id, null),
      await insert(person.id, other.id, null),
      await insert(person.id, person.id, staff.id),
    ];
    const foreign = await insert(staff.id, other.id, null);
    const made = await exportData(server, person.token);
    const file =
      (await readArchive(server, made.id, person.token))['data/audit_entry.json']?.toString() ?? '';
    assert.ok(file.includes(own));
    for (const mark of [...hidden, foreign, staff.id]) assert.ok(!file.includes(mark), file);
    assert.equal((file.match(/"user\.updated"/g) ?? []).length, 4);
  });

  test('a row with marks in every column of every table is in it whole, but for what the register leaves out', async () => {
    const person = await makePerson(server, 'student');
    const { token } = person;
    const made = await exportData(server, token);
    const planted = await plantMarks(server.ownerDb, person.id);
    await run(
      `update quiz set show_results = 'afterSubmission' where id in (select quiz_id from attempt where user_id = $1)`,
      [person.id],
    );
    // Through the job, as always.
    const again = await exportAnew(made.id, person.id, token);
    const whole = Object.values(again).map(String).join('\n');
    for (const { entry, without = {}, as = {} } of given) {
      const { table } = entry;
      const stored = planted.get(table) ?? {};
      const shown = rowsIn(again, table).filter((row) => isSame(row, stored, entry));
      assert.equal(shown.length, 1, `${table} has the row once`);
      for (const [column, value] of Object.entries(stored)) {
        const name = `${table}.${column}`;
        if (column in without) {
          assert.ok(!(nameOf(column) in (shown[0] ?? {})), name);
          // The address itself stands beside it.
          if (isMark(value) && column !== 'email_key')
            assert.ok(!whole.includes(String(value)), `${name} is left out, and stands in the archive`);
        } else if (!(column in as) || table === 'audit_entry')
          assert.deepEqual(shown[0]?.[nameOf(column)], value, name);
      }
    }
    assert.ok(!whole.includes('hidden'), 'right answers');
    assert.ok(whole.includes('shown'));
    for (const { table, exported } of register) {
      if (!('none' in exported)) continue;
      assert.ok(!(`data/${table}.json` in again), table);
    }
  });

  /** Has the archive made again, since the wish itself would want rules. */
  async function exportAnew(id: string, userId: string, token: string) {
    const { makeExport } = await import('./commands/make-export.ts');
    const taskId = newId();
    await run(
      `insert into task (id, kind, owner_id, subject_id, status, created_at, updated_at)
       values ($1, 'privacy.export', $2, $3, 'queued', now(), now())`,
      [taskId, userId, id],
    );
    await run(
      `update data_export set task_id = $1, ready_at = null, expires_at = null, size_bytes = null, sha256 = null where id = $2`,
      [taskId, id],
    );
    const signal = new AbortController().signal;
    await makeExport(server.open.deps, { exportId: id }, { signal, isLastAttempt: true });
    assert.equal((await ok(server.get(`/me/data-exports/${id}`, token))).status, 'ready');
    return readArchive(server, id, token);
  }
});

function isSame(row: Record<string, unknown>, stored: Record<string, unknown>, { exported }: Entry): boolean {
  if ('none' in exported) return false;
  const seen = Object.keys(stored).filter(
    (column) => !(column in (exported.without ?? {})) && !(column in (exported.as ?? {})),
  );
  return seen.every((column) => JSON.stringify(row[nameOf(column)]) === JSON.stringify(stored[column]));
}
