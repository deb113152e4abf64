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
import type { Entry } from './register/entry.ts';
import { register } from './register.ts';

type Stored = Record<string, unknown>;
type Column = { table: string; column: string; type: string };
const given = register.flatMap((entry) => ('none' in entry.exported ? [] : [{ entry, ...entry.exported }]));

/** Where a column holds what no mark can stand for. */
const fixed: Readonly<Record<string, unknown>> = {
  'attempt.questions': JSON.stringify([
    { id: 'q1', type: 'single', prompt: 'shown', options: [{ id: 'o1', text: 'shown', isCorrect: true }] },
    { id: 'q2', type: 'shortText', prompt: 'shown', answers: ['hidden answer'], explanation: 'hidden why' },
  ]),
  // Of an act by nobody else; another test has those of others.
  'audit_entry.impersonator_id': null,
  'attempt.status': 'graded',
  'session.impersonator_id': null,
  'suspension.is_reason_told': true,
  'lesson_progress.watched': '{}',
  'app_user.locale': 'en',
  'app_user.time_zone': 'UTC',
  'app_user.deactivated_at': null,
  'app_user.suspended_at': null,
  'app_user.avatar_id': null,
  'certificate.revoked_at': null,
};

suite('what the register gives of a person in an export', () => {
  let server: TestServer;
  let columns: Column[];
  before(async () => {
    server = await startTestServer();
    columns = await runSql<Column>(
      server.open.deps.db,
      `select table_name as table, column_name as column, udt_name as type from information_schema.columns
       where table_schema = 'public' and is_generated = 'NEVER' order by table_name, ordinal_position`,
      [],
    );
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
    await dropRules();
    const ids = new Map(register.map(({ table }) => [table, table === 'app_user' ? person.id : newId()]));
    const planted = new Map<string, Stored>();
    for (const entry of register)
      planted.set(entry.table, await plantRow(entry, { personId: person.id, ids }));
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

  /** Rows of marks fit no rule: this database is for this suite alone. */
  async function dropRules(): Promise<void> {
    await run(`
      do $$ declare each record; begin
        for each in select conrelid::regclass as of, conname from pg_constraint
          where connamespace = 'public'::regnamespace and contype in ('c', 'f') loop
          execute format('alter table %s drop constraint %I', each.of, each.conname);
        end loop;
        for each in select tgrelid::regclass as of, tgname from pg_trigger where not tgisinternal
          and tgrelid::regclass::text not like 'pgboss%' loop
          execute format('alter table %s disable trigger %I', each.of, each.tgname);
        end loop;
      end $$`);
  }

  /** Answers the row as it is stored. */
  async function plantRow(
    entry: Entry,
    { personId, ids }: { personId: string; ids: Map<string, string> },
  ): Promise<Stored> {
    const { table } = entry;
    const links = linksOf(entry, personId, ids);
    const own = columns.filter((each) => each.table === table);
    const values = own.map(({ column, type }) => {
      if (`${table}.${column}` in fixed) return fixed[`${table}.${column}`];
      if (column in links) return links[column];
      return column === 'id' ? ids.get(table) : markOf(type);
    });
    if (table === 'app_user') {
      // The account is there: it gets marks where it signs nobody in.
      const kept = new Set([
        'id',
        'email',
        'email_key',
        'password_hash',
        'role',
        'status',
        'version',
        'has_totp',
        'has_passkey',
      ]);
      const changed = own.flatMap(({ column }, at) =>
        kept.has(column) ? [] : [{ column, value: values[at] }],
      );
      const [account] = await run<{ row: Stored }>(
        `update app_user set ${changed.map(({ column }, at) => `${column} = $${at + 2}`).join(', ')} where id = $1
         returning to_jsonb(app_user) as row`,
        [personId, ...changed.map(({ value }) => value)],
      );
      return account?.row ?? {};
    }
    const [planted] = await run<{ row: Stored }>(
      `insert into ${table} (${own.map(({ column }) => column).join(', ')})
       values (${own.map((_, at) => `$${at + 1}`).join(', ')}) returning to_jsonb(${table}) as row`,
      values,
    );
    if (entry.table === 'attempt')
      await run(
        `insert into quiz (id, lesson_id, course_id, passing_percent, shuffle_questions, show_results, created_at, updated_at)
         select quiz_id, lesson_id, course_id, 1, false, 'afterSubmission', now(), now() from attempt where id = $1`,
        [ids.get('attempt')],
      );
    return planted?.row ?? {};
  }

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

/** Columns by which a row is the person's, and the ids of rows between. */
function linksOf({ of }: Entry, personId: string, ids: Map<string, string>): Record<string, unknown> {
  const direct = [...of.matchAll(/(\w+) = \$person/g)].map(([, column = '']) => [column, personId]);
  const [, column, table] = /^(\w+) in \(select id from (\w+)/.exec(of) ?? [];
  return column === undefined ? Object.fromEntries(direct) : { [column]: ids.get(table ?? '') };
}

function isSame(row: Record<string, unknown>, stored: Record<string, unknown>, { exported }: Entry): boolean {
  if ('none' in exported) return false;
  const seen = Object.keys(stored).filter(
    (column) => !(column in (exported.without ?? {})) && !(column in (exported.as ?? {})),
  );
  return seen.every((column) => JSON.stringify(row[nameOf(column)]) === JSON.stringify(stored[column]));
}

function isMark(value: unknown): boolean {
  return typeof value === 'string' && value.length > 8;
}

function markOf(type: string): unknown {
  const word = `mark-${randomBytes(8).toString('hex')}`;
  switch (type) {
    case 'uuid':
      return newId();
    case 'text':
    case 'citext':
      return word;
    case 'jsonb':
      return JSON.stringify({ word });
    case '_text':
      return [word];
    case '_uuid':
      return [newId()];
    case 'bytea':
      return randomBytes(16);
    case 'bool':
      return true;
    case 'timestamptz':
      return new Date(1_700_000_000_000 + randomInt(1_000_000_000));
    case 'int2':
    case 'int4':
    case 'int8':
    case 'numeric':
    case 'float8':
      return randomInt(1_000);
    default:
      throw new Error(`No mark of the type ${type}.`);
  }
}
