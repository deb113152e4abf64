import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

/** Tasks that nothing has moved since `before` fail. Returns how many. */
export async function failLost(db: Db, { before, now }: { before: Date; now: Date }): Promise<number> {
  const { rows } = await sql`
    update task set status = 'failed', error_code = 'internal', finished_at = ${now}, updated_at = ${now}
    where finished_at is null and updated_at < ${before}
    returning id`.execute(db);
  return rows.length;
}

/** Finished before `before`. Returns how many. */
export async function purgeFinished(db: Db, before: Date): Promise<number> {
  const { rows } = await sql`delete from task where finished_at < ${before} returning id`.execute(db);
  return rows.length;
}
