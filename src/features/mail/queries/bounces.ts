import type { Db, Tx } from '#platform/db/database.ts';

export async function isBounced(db: Db, addressHash: Buffer): Promise<boolean> {
  const row = await db
    .selectFrom('mail_bounce')
    .select('mail_id')
    .where('address_hash', '=', addressHash)
    .executeTakeFirst();
  return row !== undefined;
}

export async function putBounce(
  tx: Tx,
  bounce: { addressHash: Buffer; mailId: string; error: string; now: Date },
): Promise<void> {
  const row = { mail_id: bounce.mailId, error: bounce.error, bounced_at: bounce.now };
  await tx
    .insertInto('mail_bounce')
    .values({ address_hash: bounce.addressHash, ...row })
    .onConflict((conflict) => conflict.column('address_hash').doUpdateSet(row))
    .execute();
}

/** Whether there was one. */
export async function liftBounce(db: Db | Tx, addressHash: Buffer): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('mail_bounce')
    .where('address_hash', '=', addressHash)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
