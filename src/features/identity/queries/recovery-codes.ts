import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';

/** How many are left, and when the set was made; null where there is none. */
export async function countRecoveryCodes(
  db: Db,
  userId: string,
): Promise<{ left: number; createdAt: Date | null }> {
  return db
    .selectFrom('recovery_code')
    .select([
      sql<number>`count(*) filter (where used_at is null)`.as('left'),
      sql<Date | null>`max(created_at)`.as('createdAt'),
    ])
    .where('user_id', '=', userId)
    .executeTakeFirstOrThrow();
}

export async function insertRecoveryCodes(
  tx: Tx,
  { userId, hashes, now }: { userId: string; hashes: readonly Buffer[]; now: Date },
): Promise<void> {
  await tx
    .insertInto('recovery_code')
    .values(hashes.map((hash) => ({ user_id: userId, code_hash: hash, created_at: now })))
    .execute();
}

export async function deleteRecoveryCodes(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('recovery_code').where('user_id', '=', userId).execute();
}

/** Whether this was its first use: of two at once, one is. */
export async function takeRecoveryCode(tx: Tx, userId: string, hash: Buffer, now: Date): Promise<boolean> {
  const row = await tx
    .updateTable('recovery_code')
    .set({ used_at: now })
    .where('user_id', '=', userId)
    .where('code_hash', '=', hash)
    .where('used_at', 'is', null)
    .returning('user_id')
    .executeTakeFirst();
  return row !== undefined;
}
