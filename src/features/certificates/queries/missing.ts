import type { Db } from '#platform/db/database.ts';

/** Completions from before that have no certificate, revoked ones included. */
export function listUnissued(db: Db, before: Date, limit: number) {
  return db
    .selectFrom('enrollment')
    .leftJoin('certificate', 'certificate.enrollment_id', 'enrollment.id')
    .select([
      'enrollment.id as enrollmentId',
      'enrollment.user_id as userId',
      'enrollment.course_id as courseId',
    ])
    .where('enrollment.completed_at', '<', before)
    .where('certificate.id', 'is', null)
    .orderBy('enrollment.completed_at')
    .limit(limit)
    .execute();
}

/** Certificates in force from before that have no PDF; one without a name has none. */
export function listUnrendered(db: Db, before: Date, limit: number) {
  return db
    .selectFrom('certificate')
    .leftJoin('certificate_pdf', 'certificate_pdf.certificate_id', 'certificate.id')
    .select('certificate.id')
    .where('certificate.issued_at', '<', before)
    .where('certificate.revoked_at', 'is', null)
    .where('certificate.learner_name', 'is not', null)
    .where('certificate_pdf.certificate_id', 'is', null)
    .orderBy('certificate.issued_at')
    .limit(limit)
    .execute();
}
