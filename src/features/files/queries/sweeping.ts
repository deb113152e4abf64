import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';

const isUsed = sql<boolean>`(
  exists (select from lesson_file join lesson on lesson.id = lesson_file.lesson_id and lesson.deleted_at is null
          where lesson_file.file_id = file.id)
  or exists (select from lesson_attachment join lesson on lesson.id = lesson_attachment.lesson_id and lesson.deleted_at is null
             where lesson_attachment.file_id = file.id))`;

/**
 * Notes since when files are unused, of at most so many that come after `after` by id. Returns the last of them, or
 * undefined behind the end.
 */
export async function noteUnused(
  db: Db,
  after: string,
  now: Date,
  limit: number,
): Promise<string | undefined> {
  const { rows } = await sql<{ last: string | null }>`
    with seen as (select id, unused_since, ${isUsed} as is_used from file where id > ${after} order by id limit ${limit}),
    noted as (
      update file set unused_since = case when seen.is_used then null else ${now}::timestamptz end
      from seen where seen.id = file.id and seen.is_used = (seen.unused_since is not null))
    select max(id::text) as last from seen`.execute(db);
  return rows[0]?.last ?? undefined;
}

/** Deletes files that were found unused before and still are, at most so many; tells where their bytes are. */
export async function takeUnusedFiles(db: Db, before: Date, limit: number): Promise<string[]> {
  return inTransaction(db, async (tx) => {
    // Locked first: by the second statement, who began to use one meanwhile has done so, or waits.
    const { rows } = await sql<{ id: string }>`
      select id from file where unused_since < ${before} order by unused_since limit ${limit}
      for update skip locked`.execute(tx);
    const ids = rows.map(({ id }) => id);
    const deleted = await sql<{ store_key: string }>`
      delete from file where id = any(${ids}::uuid[]) and not ${isUsed} returning store_key`.execute(tx);
    return deleted.rows.map((row) => row.store_key);
  });
}

/** Of these keys of the store, those that no row names. `files/…` of files and uploads, `pictures/<id>-…`. */
export async function listUnnamedKeys(db: Db, keys: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from unnest(${keys}::text[]) as stored (key)
    where not exists (select from file where store_key = key)
      and not exists (select from file_upload where store_key = key)
      and not exists (select from picture where key like 'pictures/%' and id::text = substr(key, 10, 36))`.execute(
    db,
  );
  return rows.map(({ key }) => key);
}

/** Files by id, at most so many after `after`. */
export function listStored(db: Db, after: string, limit: number) {
  return db
    .selectFrom('file')
    .select(['id', 'store_key', 'size_bytes'])
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** Whether the row is still there. */
export async function isStillThere(db: Db, id: string): Promise<boolean> {
  return (await db.selectFrom('file').select('id').where('id', '=', id).executeTakeFirst()) !== undefined;
}
