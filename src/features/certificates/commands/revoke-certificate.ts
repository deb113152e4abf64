import type { AuditEntry } from '#platform/audit/audit.ts';
import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { certificateRevoked } from '../events.ts';
import { revoke } from '../queries/changing.ts';
import { getCertificate, lockCertificate, type CertificateRow } from '../queries/reading.ts';

/** Revokes for good. One that is revoked stays as it is, with its first reason. Throws 404. */
export async function revokeCertificate(
  deps: Deps,
  actor: Actor,
  id: string,
  reason: string,
): Promise<CertificateRow> {
  return inTransaction(deps.db, async (tx) => {
    const certificate = await lockCertificate(tx, id);
    if (!certificate) throw notFound('Certificate');
    if (certificate.revoked_at) return certificate;
    await deps.audit.record(tx, await revokeLocked(deps, tx, certificate, { actor, reason }));
    return getCertificate(tx, id);
  });
}

/** The same for one whose row the transaction holds, and which is in force. Returns what is to be recorded of it. */
export async function revokeLocked(
  deps: Deps,
  tx: Tx,
  certificate: CertificateRow,
  { actor, reason }: { actor: Actor; reason: string },
): Promise<AuditEntry> {
  const now = deps.clock.now();
  await revoke(tx, certificate.id, reason, now);
  const {
    id: certificateId,
    user_id: userId,
    course_id: courseId,
    enrollment_id: enrollmentId,
  } = certificate;
  const data = { certificateId, userId, courseId, enrollmentId };
  await deps.events.publish(tx, fact(certificateRevoked, actor.userId, now, data));
  const target = { targetId: certificateId, personId: userId, courseId };
  return { action: 'certificate.revoked', ...target, after: { reason } };
}
