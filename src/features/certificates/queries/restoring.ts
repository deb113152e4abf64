import type { Db } from '#platform/db/database.ts';
import { certificateFacts, type StoredPdf } from './issuing.ts';

/** A certificate in force that has a PDF, with where that is. */
export async function findRendered(db: Db, id: string) {
  return db
    .selectFrom('certificate')
    .innerJoin('certificate_pdf', 'certificate_pdf.certificate_id', 'certificate.id')
    .select([...certificateFacts, 'certificate_pdf.storage_key'])
    .where('certificate.id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
}

/** Refers to another file in place of the lost one, unless somebody did before. */
export async function replacePdf(
  db: Db,
  lostKey: string,
  { certificateId, storageKey, sizeBytes, sha256 }: StoredPdf,
): Promise<void> {
  await db
    .updateTable('certificate_pdf')
    .set({ storage_key: storageKey, size_bytes: sizeBytes, sha256 })
    .where('certificate_id', '=', certificateId)
    .where('storage_key', '=', lostKey)
    .execute();
}
