import { randomBytes } from 'node:crypto';
import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { newCertificateNumber } from '../number.ts';
import { findOriginal, insertCertificate } from '../queries/issuing.ts';
import { renderCertificate } from './render-certificate.ts';

/**
 * Gives a completion its certificate, and the certificate its PDF. Exactly one comes out, however often it runs, at
 * once or after an end in between: the row is claimed first, by a unique index, with the number that the PDF then
 * shows. Does nothing where the one there was is revoked. Throws where the enrollment is not complete.
 */
export async function issueCertificate(deps: Deps, enrollmentId: string): Promise<void> {
  await insertCertificate(deps.db, {
    id: newId(),
    number: newCertificateNumber(randomBytes),
    enrollmentId,
    issuer: deps.config.certificateIssuer,
    replacesId: null,
    now: deps.clock.now(),
  });
  const certificate = await findOriginal(deps.db, enrollmentId);
  if (!certificate) throw new Error(`Enrollment ${enrollmentId} is not complete.`);
  await renderCertificate(deps, certificate.id, null);
}
