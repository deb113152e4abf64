import { createHash } from 'node:crypto';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { certificateIssued } from '../events.ts';
import { findUnrendered, insertPdf, type UnrenderedCertificate } from '../queries/issuing.ts';
import { verifyUrlOf } from '../verify-url.ts';

/**
 * Makes the PDF of a certificate from its row and announces `certificate.issued` with it. Nothing happens where it has
 * one, or was revoked. `actorId`: who had it issued; null for the system.
 */
export async function renderCertificate(
  deps: Deps,
  certificateId: string,
  actorId: string | null,
): Promise<void> {
  const certificate = await findUnrendered(deps.db, certificateId);
  if (!certificate) return;
  const content = await pdfOf(deps, certificate);
  const sha256 = createHash('sha256').update(content).digest();
  const { user_id: userId, course_id: courseId, enrollment_id: enrollmentId } = certificate;
  await inTransaction(deps.db, async (tx) => {
    if (!(await insertPdf(tx, { certificateId, content, sha256 }))) return;
    const data = { certificateId, userId, courseId, enrollmentId };
    await deps.events.publish(tx, fact(certificateIssued, actorId, deps.clock.now(), data));
  });
}

async function pdfOf(deps: Deps, certificate: UnrenderedCertificate): Promise<Buffer> {
  // Loaded when first needed: the API announces this job and never runs it.
  const { renderCertificatePdf } = await import('../render/certificate-pdf.ts');
  const input = {
    learnerName: certificate.learner_name,
    courseTitle: certificate.course_title,
    language: certificate.language,
    issuer: certificate.issuer,
    number: certificate.number,
    completedAt: certificate.completed_at,
    issuedAt: certificate.issued_at,
    verifyUrl: verifyUrlOf(deps.config, certificate.number),
  };
  return renderCertificatePdf(input, await deps.fonts());
}
