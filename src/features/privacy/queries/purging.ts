import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';

/**
 * Takes away from their rows, at most so many: archives that expired, and what runs left that nobody goes on with. Tells where
 * the bytes are.
 */
export async function takeExpired(
  db: Db,
  { now, abandonedBefore, limit }: { now: Date; abandonedBefore: Date; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    with taken as (
      select id, store_key as key from data_export
      where store_key is not null
        and (expires_at <= ${now} or (ready_at is null and requested_at < ${abandonedBefore}))
      limit ${limit} for update skip locked)
    update data_export set store_key = null from taken where taken.id = data_export.id returning key`.execute(
    db,
  );
  return rows.map(({ key }) => key);
}

/** Asked for before `before`, without an archive. Returns how many. */
export async function purgeExports(db: Db, before: Date, signal: AbortSignal): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from data_export where id in (
        select id from data_export where requested_at < ${before} and store_key is null limit ${purgedAtOnce})
      returning 1`.execute(db);
    return rows.length;
  }, signal);
}

/** Of these keys of the store, those that no export names. */
export async function listUnnamed(db: Db, keys: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    select key from unnest(${keys}::text[]) as stored (key)
    where not exists (select from data_export where store_key = key)`.execute(db);
  return rows.map(({ key }) => key);
}

/**
 * People whose accounts were deactivated before `before` (those suspended are to come back), at most so many after `after` by id, of whom no erasure stands or was
 * done, nor was withdrawn since.
 */
export async function listUnused(
  db: Db,
  { before, after, limit }: { before: Date; after: string; limit: number },
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from app_user
    where deactivated_at < ${before} and suspended_at is distinct from deactivated_at and id > ${after} and not exists (
      select from erasure where erasure.user_id = app_user.id
        and (cancelled_at is null or requested_at >= app_user.deactivated_at))
    order by id limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}
