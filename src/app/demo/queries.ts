import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';

// Any constant will do; it must only be the same in every process, and no other lock's.
const loadLockKey = 7_305_620_119;

/** Whether nobody has an account yet: a database with people in it is somebody's. */
export async function isEmpty(db: Db): Promise<boolean> {
  const person = await db.selectFrom('app_user').select('id').limit(1).executeTakeFirst();
  return person === undefined;
}

/** Whether this transaction is now the one that loads. The lock ends with it, however it ends. */
export async function takeLoadLock(tx: Tx): Promise<boolean> {
  const { rows } = await sql<{ taken: boolean }>`
    select pg_try_advisory_xact_lock(${loadLockKey}::bigint) as taken`.execute(tx);
  return rows[0]?.taken ?? false;
}
