import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';

const uploadColumns = [
  'id',
  'owner_id',
  'name',
  'size_bytes',
  'store_key',
  'created_at',
  'expires_at',
] as const;
export type UploadRow = Omit<NonNullable<Awaited<ReturnType<typeof findUpload>>>, 'owner_deactivated_at'>;

export function findUpload(db: Db, id: string) {
  return db
    .selectFrom('file_upload')
    .innerJoin('app_user', 'app_user.id', 'file_upload.owner_id')
    .select(uploadColumns.map((column) => `file_upload.${column}` as const))
    .select('app_user.deactivated_at as owner_deactivated_at')
    .where('file_upload.id', '=', id)
    .executeTakeFirst();
}

export type NewUpload = {
  id: string;
  ownerId: string;
  name: string;
  sizeBytes: number;
  storeKey: string | null;
  now: Date;
  expiresAt: Date;
};

/** False where it would pass the quota, or the person has `maxCount` open already; the owner must be locked. */
export async function insertUpload(
  tx: Tx,
  upload: NewUpload,
  { quotaBytes, maxCount }: { quotaBytes: number; maxCount: number },
): Promise<boolean> {
  const { id, ownerId, name, sizeBytes, storeKey, now, expiresAt } = upload;
  const { rows } = await sql`
    insert into file_upload (id, owner_id, name, size_bytes, store_key, created_at, expires_at)
    select ${id}, ${ownerId}, ${name}, ${sizeBytes}, ${storeKey}, ${now}, ${expiresAt}
    where coalesce((select sum(size_bytes) from file where owner_id = ${ownerId}), 0)
        + coalesce((select sum(size_bytes) from file_upload where owner_id = ${ownerId}), 0)
        + ${sizeBytes} <= ${quotaBytes}
      and (select count(*) from file_upload where owner_id = ${ownerId}) < ${maxCount}
    returning id`.execute(tx);
  return rows.length > 0;
}

/** Takes the right to send the bytes, until then. False where another request has it, or had. */
export async function claimReceiving(db: Db, id: string, now: Date, until: Date): Promise<boolean> {
  const row = await db
    .updateTable('file_upload')
    .set({ receiving_until: until })
    .where('id', '=', id)
    .where('store_key', 'is', null)
    .where((where) => where.or([where('receiving_until', 'is', null), where('receiving_until', '<=', now)]))
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Moves the end of the right to send from one time to another; null ends it. Nothing where it is another's by now. */
export async function moveReceiving(db: Db, id: string, from: Date, to: Date | null): Promise<void> {
  await db
    .updateTable('file_upload')
    .set({ receiving_until: to })
    .where('id', '=', id)
    .where('receiving_until', '=', from)
    .execute();
}

/** Says where the bytes are. False where they came before, or the upload is gone. */
export async function claimReceived(db: Db, id: string, storeKey: string): Promise<boolean> {
  const row = await db
    .updateTable('file_upload')
    .set({ store_key: storeKey })
    .where('id', '=', id)
    .where('store_key', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes the upload away; undefined where another completion or the purge was first. */
export function takeUpload(tx: Tx, id: string) {
  return tx.deleteFrom('file_upload').where('id', '=', id).returning(uploadColumns).executeTakeFirst();
}

/** Takes away those that expired before, at most so many; tells where their bytes are. */
export async function takeExpiredUploads(db: Db, before: Date, limit: number) {
  return inTransaction(db, async (tx) => {
    const { rows } = await sql<{ store_key: string | null }>`
      delete from file_upload where id in (
        select id from file_upload where expires_at < ${before} order by expires_at limit ${limit}
        for update skip locked)
      returning store_key`.execute(tx);
    return rows;
  });
}
