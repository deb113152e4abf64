import { createHash } from 'node:crypto';
import { sql, type Expression, type RawBuilder, type SelectQueryBuilder } from 'kysely';
import { AppError } from '#platform/errors.ts';
import { isUuid } from '#platform/ids.ts';
import type { Db } from './database.ts';
import { sqlStateOf } from './errors.ts';

/** One key of a list's closed set of sorts: a non-null SQL expression, its type and how a row shows it. */
export type SortKey = { by: Expression<unknown>; type: 'timestamptz' | 'int4' | 'float8' | 'text' };

export type PageRequest = {
  /** `createdAt` or `-createdAt`. */
  sort: string;
  limit: number;
  cursor?: string | undefined;
  /** What else decides which rows are listed; a cursor made under other filters is refused. */
  filters?: unknown;
};

/** What a page's rows carry besides their own columns. */
export type Keyed = { page_key: unknown; page_id: string };
export type Page<Row> = { rows: Row[]; nextCursor: string | null };

type Cursor = { f: string; k: unknown; i: string };

/**
 * Keyset paging over (sort key, id): rows whose key did not change are neither repeated nor skipped
 * however the list grows. The query must not be ordered or limited yet; `id` is its unique id column.
 * Throws 400 `cursor_mismatch` for a cursor of other filters and `cursor_invalid` for a broken one.
 */
export async function fetchPage<DB, TB extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, TB, Row>,
  keys: Record<string, SortKey>,
  id: Expression<unknown>,
  request: PageRequest,
): Promise<Page<Row & Keyed>> {
  const isDescending = request.sort.startsWith('-');
  const key = keys[request.sort.replace(/^-/, '')];
  if (!key) throw new Error(`no sort key ${request.sort}`);
  const fingerprint = fingerprintOf(request);
  const after = request.cursor === undefined ? undefined : readCursor(request.cursor, fingerprint);
  const direction = isDescending ? ('desc' as const) : ('asc' as const);
  let paged = query
    .select([keyText(key).as('page_key'), sql<string>`${id}`.as('page_id')])
    .orderBy(key.by as never, direction)
    .orderBy(id as never, direction)
    .limit(request.limit + 1);
  if (after) {
    const comparison = sql.raw(isDescending ? '<' : '>');
    const bound = sql`(${after.k}::text::${sql.raw(key.type)}, ${after.i}::uuid)`;
    paged = paged.where(sql<boolean>`(${key.by}, ${id}) ${comparison} ${bound}`);
  }
  const rows = (await paged.execute().catch(refuseForgedKey(after))) as (Row & Keyed)[];
  const shown = rows.slice(0, request.limit);
  const last = rows.length > request.limit ? shown.at(-1) : undefined;
  return {
    rows: shown,
    nextCursor: last ? writeCursor({ f: fingerprint, k: last.page_key, i: last.page_id }) : null,
  };
}

/** Counts up to a bound, since an exact count of millions is no use to a screen. One statement. */
export async function countCapped<DB, TB extends keyof DB, Row>(
  db: Db,
  query: SelectQueryBuilder<DB, TB, Row>,
  cap = 10_000,
): Promise<{ value: number; isCapped: boolean }> {
  const limited = query.limit(cap + 1);
  const { rows } = await sql<{
    value: number;
  }>`select count(*) as value from (${limited}) as limited`.execute(db);
  const value = rows[0]?.value ?? 0;
  return { value: Math.min(value, cap), isCapped: value > cap };
}

// A cursor edited by hand may hold a key that is no value of its type: SQLSTATE class 22.
function refuseForgedKey(after: Cursor | undefined): (error: unknown) => never {
  return (error) => {
    throw after && sqlStateOf(error)?.startsWith('22') ? cursorInvalid() : error;
  };
}

// Text, so that no precision is lost on the way through JSON.
function keyText(key: SortKey): RawBuilder<string> {
  return sql<string>`(${key.by})::text`;
}

function fingerprintOf(request: PageRequest): string {
  const text = JSON.stringify([request.sort, request.filters ?? null]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 12);
}

function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}

function readCursor(text: string, fingerprint: string): Cursor {
  let cursor: Partial<Cursor> | null = null;
  try {
    cursor = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Partial<Cursor> | null;
  } catch {
    // Falls through to the refusal below.
  }
  if (typeof cursor?.k !== 'string' || typeof cursor.i !== 'string' || !isUuid(cursor.i)) {
    throw cursorInvalid();
  }
  if (cursor.f !== fingerprint) {
    throw new AppError(
      400,
      'cursor_mismatch',
      'This cursor belongs to other filters or another sort. Start without one.',
    );
  }
  return cursor as Cursor;
}

function cursorInvalid(): AppError {
  return new AppError(400, 'cursor_invalid', 'This cursor was not made by this list. Start without one.');
}
