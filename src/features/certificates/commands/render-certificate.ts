import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { certificateIssued } from '../events.ts';
import { findUnrendered, insertPdf } from '../queries/issuing.ts';
import { drawPdf } from './keep-pdf.ts';

/**
 * Makes the PDF of a certificate from its row and announces `certificate.issued` with it. Nothing happens where it has
 * one, or was revoked. The file is stored first: after an end in between it is drawn and stored again, over the first.
 * `actorId`: who had it issued; null for the system.
 */
export async function renderCertificate(
  deps: Deps,
  certificateId: string,
  actorId: string | null,
): Promise<void> {
  const certificate = await findUnrendered(deps.db, certificateId);
  if (!certificate) return;
  const pdf = await drawPdf(deps, certificate);
  const { user_id: userId, course_id: courseId, enrollment_id: enrollmentId } = certificate;
  await inTransaction(deps.db, async (tx) => {
    if (!(await insertPdf(tx, pdf))) return;
    const data = { certificateId, userId, courseId, enrollmentId };
    await deps.events.publish(tx, fact(certificateIssued, actorId, deps.clock.now(), data));
  });
}
