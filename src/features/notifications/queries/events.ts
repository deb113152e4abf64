import type { Db } from '#platform/db/database.ts';

export type EventRow = {
  type: string;
  occurred_at: Date;
  /** Ids and codes. */
  data: Record<string, string> & { userId?: string; courseId?: string };
};

export async function findEvent(db: Db, id: string): Promise<EventRow | undefined> {
  return db
    .selectFrom('event')
    .select((eb) => ['type', 'occurred_at', eb.ref('data').$castTo<EventRow['data']>().as('data')])
    .where('id', '=', id)
    .executeTakeFirst();
}

export async function listAdmins(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('app_user')
    .select('id')
    .where('role', '=', 'admin')
    .where('deactivated_at', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}
