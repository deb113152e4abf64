import { randomBytes } from 'node:crypto';
import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { renderCertificateJob } from '../job-definitions.ts';
import { newCertificateNumber } from '../number.ts';
import { refusalOfReissue } from '../policy.ts';
import { insertCertificate, isLearnerErased } from '../queries/issuing.ts';
import { getCertificate, lockCertificate, type CertificateRow } from '../queries/reading.ts';
import { revokeLocked } from './revoke-certificate.ts';

// Without the new number: whoever holds the old one need not learn the corrected name.
const defaultReason = 'Replaced by a corrected certificate.';

/**
 * Replaces a certificate by one with a new number and what the records say now; the old one is revoked, unless it was.
 * A job makes the PDF. Of two at once one wins. Throws 404, 409 `certificate_replaced` and `learner_erased`.
 */
export async function reissueCertificate(
  deps: Deps,
  actor: Actor,
  id: string,
  reason = defaultReason,
): Promise<CertificateRow> {
  return inTransaction(deps.db, async (tx) => {
    const replaced = await lockCertificate(tx, id);
    if (!replaced) throw notFound('Certificate');
    const isErased = await isLearnerErased(tx, replaced.user_id);
    const refusal = refusalOfReissue({ replacedById: replaced.replaced_by_id, isErased });
    if (refusal) throw refusal;
    const revoked = replaced.revoked_at ? [] : [await revokeLocked(deps, tx, replaced, { actor, reason })];
    const certificateId = newId();
    const isInserted = await insertCertificate(tx, {
      id: certificateId,
      number: newCertificateNumber(randomBytes),
      enrollmentId: replaced.enrollment_id,
      issuer: deps.config.certificateIssuer,
      replacesId: replaced.id,
      now: deps.clock.now(),
    });
    if (!isInserted) throw new Error(`certificate ${id} could not be replaced`);
    await deps.jobs.enqueue(tx, renderCertificateJob, { certificateId, actorId: actor.userId });
    await deps.audit.record(tx, ...revoked, {
      action: 'certificate.reissued',
      targetId: certificateId,
      personId: replaced.user_id,
      courseId: replaced.course_id,
      after: { replacesId: replaced.id, reason },
    });
    return getCertificate(tx, certificateId);
  });
}
