import type { Db } from '#platform/db/database.ts';
import type { StoredPdf } from './issuing.ts';

/** One PDF that stands in the database. */
export async function findUnmoved(db: Db) {
  return db
    .selectFrom('certificate_pdf')
    .select(['certificate_id', (eb) => eb.ref('content').$notNull().as('content')])
    .where('storage_key', 'is', null)
    .orderBy('certificate_id')
    .limit(1)
    .executeTakeFirst();
}

/** Takes the bytes out of the database, which the store has now. */
export async function markMoved(db: Db, { certificateId, storageKey, sizeBytes }: StoredPdf): Promise<void> {
  await db
    .updateTable('certificate_pdf')
    .set({ content: null, storage_key: storageKey, size_bytes: sizeBytes })
    .where('certificate_id', '=', certificateId)
    .where('storage_key', 'is', null)
    .execute();
}
