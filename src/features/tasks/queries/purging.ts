import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';

/** Tasks that nothing has moved since `before` fail. Returns how many. */
export async function failLost(
  db: Db,
  { before, now }: { before: Date; now: Date },
  signal: AbortSignal,
): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      update task set status = 'failed', error_code = 'internal', finished_at = ${now}, updated_at = ${now}
      where id in (
        select id from task where finished_at is null and updated_at < ${before}
        limit ${purgedAtOnce} for update skip locked)
      returning 1`.execute(db);
    return rows.length;
  }, signal);
}

/** Finished before `before`. Returns how many. */
export async function purgeFinished(db: Db, before: Date, signal: AbortSignal): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from task where id in (select id from task where finished_at < ${before} limit ${purgedAtOnce})
      returning 1`.execute(db);
    return rows.length;
  }, signal);
}
