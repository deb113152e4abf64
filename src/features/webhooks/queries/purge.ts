import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

/** Deletes at most `limit` deliveries that were made before `before`, or whose endpoint is deleted. */
export async function purgeDeliveries(db: Db, before: Date, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from webhook_delivery where id in (
      (select id from webhook_delivery where created_at < ${before} limit ${limit})
      union all
      (select d.id from webhook join webhook_delivery d on d.webhook_id = webhook.id
       where webhook.deleted_at is not null limit ${limit})
      limit ${limit})`.execute(db);
  return Number(numAffectedRows ?? 0);
}

/** Deletes endpoints that were deleted before `before` and have no delivery left. */
export async function purgeWebhooks(db: Db, before: Date): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from webhook where deleted_at < ${before}
      and not exists (select from webhook_delivery d where d.webhook_id = webhook.id)`.execute(db);
  return Number(numAffectedRows ?? 0);
}
