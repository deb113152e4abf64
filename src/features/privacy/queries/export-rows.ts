import { sql, type RawBuilder } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { Entry, Exported } from '../register/entry.ts';

const rowsAtOnce = 500;

type Given = Exclude<Exported, { none: string }>;
type Row = { row: string; keys: string[] };

/** The person's rows of a table as texts of JSON, some hundred at a time. Nothing of a table of which nothing is given. */
export async function* rowPages(db: Db, entry: Entry, personId: string): AsyncGenerator<string[]> {
  const { exported } = entry;
  if ('none' in exported) return;
  for (const whose of exported.walks ?? [entry.of]) {
    let after: readonly string[] | undefined;
    for (let count = rowsAtOnce; count === rowsAtOnce;) {
      const rows = await pageOf(db, { entry, exported, whose, personId, after });
      if (rows.length > 0) yield rows.map(({ row }) => row);
      count = rows.length;
      after = rows.at(-1)?.keys;
    }
  }
}

type Page = {
  entry: Entry;
  exported: Given;
  whose: string;
  personId: string;
  after: readonly string[] | undefined;
};

async function pageOf(db: Db, { entry, exported, whose, personId, after }: Page): Promise<Row[]> {
  const by = exported.by.map((column) => sql.ref(`${entry.table}.${column}`));
  const shown = givenColumns(entry).flatMap((column) => [
    sql.lit(nameOf(column)),
    filled(exported.as?.[column] ?? `${entry.table}.${column}`, personId),
  ]);
  const behind = after && sql`and ${isBehind(by, after)}`;
  const { rows } = await sql<Row>`
    select json_build_object(${sql.join(shown)})::text as row, array[${sql.join(by.map((each) => sql`${each}::text`))}] as keys
    from ${sql.table(entry.table)}
    where (${filled(whose, personId)}) ${behind ?? sql``}
    order by ${sql.join(by)} limit ${rowsAtOnce}`.execute(db);
  return rows;
}

/**
 * `(a, b) > (x, y)` in words that an index of a parent's rows is used for: with the comparison of rows as its beginning PostgreSQL
 * would read, for each parent, all rows from there to it.
 */
function isBehind(by: readonly RawBuilder<unknown>[], after: readonly string[]): RawBuilder<unknown> {
  const [column, ...columns] = by;
  const [key, ...keys] = after;
  if (columns.length === 0) return sql`${column} > ${key}`;
  return sql`(${column} >= ${key} and (${column} > ${key} or ${isBehind(columns, keys)}))`;
}

/** The columns that a person is given of a table, with those that stand beside them; none of others. */
export function givenColumns({ personal, other, exported }: Entry): string[] {
  if ('none' in exported) return [];
  const { as = {}, without = {} } = exported;
  const all = new Set([...Object.keys(personal), ...other, ...Object.keys(as)]);
  return [...all].filter((column) => !(column in without));
}

/** A column's name as JSON has it. */
export function nameOf(column: string): string {
  return column.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

// The register is text of this program; only the person is a value.
function filled(text: string, personId: string): RawBuilder<unknown> {
  const parts = text.split(/(\$person)/);
  return sql.join(
    parts.map((part) => (part === '$person' ? sql`${personId}::uuid` : sql.raw(part))),
    sql.raw(''),
  );
}
