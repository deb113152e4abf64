import type { Db } from '#platform/db/database.ts';

/** The language that a person reads; undefined for nobody. */
export async function findLocale(db: Db, userId: string): Promise<string | undefined> {
  const row = await db.selectFrom('app_user').select('locale').where('id', '=', userId).executeTakeFirst();
  return row?.locale;
}
