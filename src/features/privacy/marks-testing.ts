import { randomBytes, randomInt } from 'node:crypto';
import { runSql, type Db } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import type { Entry } from './register/entry.ts';
import { register } from './register.ts';

export type Stored = Record<string, unknown>;
export type Column = { table: string; column: string; type: string };

/** Where a column holds what no mark can stand for. */
const fixed: Readonly<Record<string, () => unknown>> = {
  'attempt.questions': () =>
    JSON.stringify([
      { id: 'q1', type: 'single', prompt: 'shown', options: [{ id: 'o1', text: 'shown', isCorrect: true }] },
      { id: 'q2', type: 'shortText', prompt: 'shown', answers: ['hidden answer'], explanation: 'hidden why' },
    ]),
  // Of an act by nobody else; another test has those of others.
  'audit_entry.impersonator_id': () => null,
  'attempt.status': () => 'graded',
  'session.impersonator_id': () => null,
  'suspension.is_reason_told': () => true,
  'lesson_progress.watched': () => '{}',
  'app_user.locale': () => 'en',
  'app_user.time_zone': () => 'UTC',
  'app_user.deactivated_at': () => null,
  'app_user.suspended_at': () => null,
  'app_user.avatar_id': () => null,
  'certificate.revoked_at': () => null,
  'certificate_pdf.storage_key': () => `certificates/${newId()}.pdf`,
  'data_export.store_key': () => `exports/${newId()}`,
  'file.store_key': () => `files/${newId()}`,
  'file_upload.store_key': () => `files/${newId()}`,
  'erasure.cancelled_at': () => null,
  'erasure.erased_at': () => null,
  'erasure.is_by_retention': () => false,
  'erasure.keeps_name_on_certificates': () => false,
};

/** What of the account stays, so that it can sign in. */
const keptOfAccount = new Set([
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

export function readColumns(db: Db): Promise<Column[]> {
  return runSql<Column>(
    db,
    `select table_name as table, column_name as column, udt_name as type from information_schema.columns
     where table_schema = 'public' and is_generated = 'NEVER' order by table_name, ordinal_position`,
    [],
  );
}

/**
 * A row with marks in every column of every table of the register, all of this person, as they are stored then, by table.
 * Such rows fit no rule: the rules of the database are dropped, which is for the suite alone.
 */
export async function plantMarks(db: Db, personId: string): Promise<Map<string, Stored>> {
  await dropRules(db);
  const columns = await readColumns(db);
  const ids = new Map(register.map(({ table }) => [table, table === 'app_user' ? personId : newId()]));
  const planted = new Map<string, Stored>();
  for (const entry of register) {
    const links = linksOf(entry, personId, ids);
    const own = columns.filter(({ table }) => table === entry.table);
    const row = own.map(({ table, column, type }) => {
      const value = fixed[`${table}.${column}`];
      const id = column === 'id' ? ids.get(table) : undefined;
      return { column, value: value ? value() : (links[column] ?? id ?? markOf(type)) };
    });
    planted.set(entry.table, await plantRow(db, entry.table, row, personId));
  }
  await runSql(
    db,
    `insert into quiz (id, lesson_id, course_id, passing_percent, shuffle_questions, show_results, created_at, updated_at)
     select quiz_id, lesson_id, course_id, 1, false, 'afterSubmission', now(), now() from attempt where id = $1`,
    [ids.get('attempt')],
  );
  return planted;
}

async function dropRules(db: Db): Promise<void> {
  const text = `
    do $$ declare each record; begin
      for each in select conrelid::regclass as of, conname from pg_constraint
        where connamespace = 'public'::regnamespace and contype in ('c', 'f') loop
        execute format('alter table %s drop constraint %I', each.of, each.conname);
      end loop;
      for each in select tgrelid::regclass as of, tgname from pg_trigger where not tgisinternal
        and tgrelid::regclass::text not like 'pgboss%' loop
        execute format('alter table %s disable trigger %I', each.of, each.tgname);
      end loop;
    end $$`;
  await runSql(db, text, []);
}

/** Answers the row as it is stored. The account is there: it gets marks where it signs nobody in. */
async function plantRow(
  db: Db,
  table: string,
  row: readonly { column: string; value: unknown }[],
  personId: string,
): Promise<Stored> {
  const set = table === 'app_user' ? row.filter(({ column }) => !keptOfAccount.has(column)) : row;
  const text =
    table === 'app_user'
      ? `update app_user set ${set.map(({ column }, at) => `${column} = $${at + 1}`).join(', ')}
         where id = $${set.length + 1}`
      : `insert into ${table} (${set.map(({ column }) => column).join(', ')})
         values (${set.map((_, at) => `$${at + 1}`).join(', ')})`;
  const values = [...set.map(({ value }) => value), ...(table === 'app_user' ? [personId] : [])];
  const [planted] = await runSql<{ row: Stored }>(db, `${text} returning to_jsonb(${table}) as row`, values);
  return planted?.row ?? {};
}

/** Columns by which a row is the person's, and the ids of rows between. */
function linksOf({ of }: Entry, personId: string, ids: Map<string, string>): Record<string, unknown> {
  const direct = [...of.matchAll(/(\w+) = \$person/g)].map(([, column = '']) => [column, personId]);
  const [, column, table] = /^(\w+) in \(select id from (\w+)/.exec(of) ?? [];
  return column === undefined ? Object.fromEntries(direct) : { [column]: ids.get(table ?? '') };
}

export function isMark(value: unknown): boolean {
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
