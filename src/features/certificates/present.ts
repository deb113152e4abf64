import type { CertificateRow } from './queries/reading.ts';
import { verifyUrlOf } from './verify-url.ts';

type Issuing = { publicUrl: string };

/** A certificate as its learner, staff and admins see it. */
export function presentCertificate(row: CertificateRow, config: Issuing, now: Date) {
  return {
    id: row.id,
    enrollmentId: row.enrollment_id,
    userId: row.user_id,
    courseId: row.course_id,
    ...presentVerification(row, config, now),
    replacesId: row.replaces_id,
    replacedById: row.replaced_by_id,
    hasPdf: row.has_pdf && row.revoked_at === null,
  };
}

/** What a stranger who holds its number may know: no id. */
export function presentVerification(row: CertificateRow, config: Issuing, now: Date) {
  return {
    status: statusOf(row, now),
    number: row.number,
    learnerName: row.learner_name,
    courseTitle: row.course_title,
    language: row.language,
    issuer: row.issuer,
    completedAt: row.completed_at.toISOString(),
    issuedAt: row.issued_at.toISOString(),
    expiresAt: row.expires_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    revocationReason: row.revocation_reason,
    verifyUrl: verifyUrlOf(config, row.number),
  };
}

/** The same for the page. */
export function presentVerificationPage(row: CertificateRow, config: Issuing, now: Date) {
  return {
    status: statusOf(row, now),
    number: row.number,
    learnerName: row.learner_name,
    courseTitle: row.course_title,
    language: row.language,
    issuer: row.issuer,
    completedAt: row.completed_at,
    issuedAt: row.issued_at,
    revokedAt: row.revoked_at,
    revocationReason: row.revocation_reason,
    verifyUrl: verifyUrlOf(config, row.number),
  };
}

function statusOf({ revoked_at, expires_at }: CertificateRow, now: Date): 'valid' | 'revoked' | 'expired' {
  if (revoked_at) return 'revoked';
  return expires_at && expires_at <= now ? 'expired' : 'valid';
}
