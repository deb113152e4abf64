import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Deps } from '#platform/deps.ts';
import { pdfKeyOf } from '../pdf-key.ts';
import type { CertificateFacts, StoredPdf } from '../queries/issuing.ts';
import { verifyUrlOf } from '../verify-url.ts';

/** Draws the PDF of a certificate from its row and puts it into the store. Nothing refers to it yet. */
export async function drawPdf(deps: Deps, certificate: CertificateFacts): Promise<StoredPdf> {
  if (certificate.learner_name === null) throw new Error('A certificate without a name has no document.');
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
  return keepPdf(deps, certificate.id, await renderCertificatePdf(input, await deps.fonts()));
}

/** Puts the bytes of a PDF into the store, again where they are there already. */
export async function keepPdf(deps: Deps, certificateId: string, content: Buffer): Promise<StoredPdf> {
  const sha256 = createHash('sha256').update(content).digest();
  const storageKey = pdfKeyOf(certificateId, sha256);
  const { sizeBytes } = await deps.files.put(storageKey, Readable.from([content]), {
    contentType: 'application/pdf',
  });
  return { certificateId, storageKey, sizeBytes, sha256 };
}
