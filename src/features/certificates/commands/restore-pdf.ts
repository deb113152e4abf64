import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { restorePdfJob } from '../job-definitions.ts';
import { findRendered, replacePdf } from '../queries/restoring.ts';
import { drawPdf } from './keep-pdf.ts';

/** Has a PDF made anew that the store has lost, as with a disk. */
export async function requestRestoredPdf(deps: Deps, certificateId: string): Promise<void> {
  deps.log.warn(
    { certificateId },
    'the PDF of a certificate is not in the store and is made anew; do API and workers keep their files in the same place?',
  );
  await inTransaction(deps.db, (tx) => deps.jobs.enqueue(tx, restorePdfJob, { certificateId }));
}

/** Makes the PDF of a certificate in force anew, unless the store has it. It was announced before, and is not again. */
export async function restorePdf(deps: Deps, certificateId: string): Promise<void> {
  const certificate = await findRendered(deps.db, certificateId);
  if (!certificate?.storage_key || (await deps.files.find(certificate.storage_key))) return;
  await replacePdf(deps.db, certificate.storage_key, await drawPdf(deps, certificate));
}
