import type { Db, Tx } from '#platform/db/database.ts';

export type NewCertificate = {
  id: string;
  number: string;
  enrollmentId: string;
  issuer: string;
  replacesId: string | null;
  now: Date;
};

/**
 * Writes a certificate with what the records say now of learner, course and completion. False where the enrollment is
 * not complete, or already has its certificate.
 */
export async function insertCertificate(tx: Db | Tx, certificate: NewCertificate): Promise<boolean> {
  const { id, number, enrollmentId, issuer, replacesId, now } = certificate;
  const inserted = await tx
    .insertInto('certificate')
    .columns([
      'id',
      'number',
      'issuer',
      'issued_at',
      'replaces_id',
      'enrollment_id',
      'user_id',
      'course_id',
      'learner_name',
      'course_title',
      'language',
      'completed_at',
    ])
    .expression((eb) =>
      eb
        .selectFrom('enrollment')
        .innerJoin('app_user', 'app_user.id', 'enrollment.user_id')
        .innerJoin('course', 'course.id', 'enrollment.course_id')
        .select((row) => [
          eb.cast<string>(eb.val(id), 'uuid').as('id'),
          eb.cast<string>(eb.val(number), 'text').as('number'),
          eb.cast<string>(eb.val(issuer), 'text').as('issuer'),
          eb.cast<Date>(eb.val(now), 'timestamptz').as('issued_at'),
          eb.cast<string | null>(eb.val(replacesId), 'uuid').as('replaces_id'),
          'enrollment.id as enrollment_id',
          'enrollment.user_id',
          'enrollment.course_id',
          'app_user.name',
          'course.title',
          'course.language',
          row.ref('enrollment.completed_at').$notNull().as('completed_at'),
        ])
        .where('enrollment.id', '=', enrollmentId)
        .where('enrollment.completed_at', 'is not', null),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** The first certificate of a completion, whatever became of it. */
export async function findOriginal(db: Db, enrollmentId: string): Promise<{ id: string } | undefined> {
  return db
    .selectFrom('certificate')
    .select('id')
    .where('enrollment_id', '=', enrollmentId)
    .where('replaces_id', 'is', null)
    .executeTakeFirst();
}

/** What a PDF says, and whom it concerns. */
export const certificateFacts = [
  'certificate.id',
  'number',
  'enrollment_id',
  'user_id',
  'course_id',
  'learner_name',
  'course_title',
  'language',
  'issuer',
  'completed_at',
  'issued_at',
] as const;
export type CertificateFacts = NonNullable<Awaited<ReturnType<typeof findUnrendered>>>;

/** A certificate in force that has no PDF yet. */
export async function findUnrendered(db: Db, id: string) {
  return db
    .selectFrom('certificate')
    .leftJoin('certificate_pdf', 'certificate_pdf.certificate_id', 'certificate.id')
    .select(certificateFacts)
    .where('certificate.id', '=', id)
    .where('revoked_at', 'is', null)
    .where('learner_name', 'is not', null)
    .where('certificate_pdf.certificate_id', 'is', null)
    .executeTakeFirst();
}

export type StoredPdf = { certificateId: string; storageKey: string; sizeBytes: number; sha256: Buffer };

/** Refers to the PDF. False where there is one already, or the certificate was revoked or lost its name meanwhile. */
export async function insertPdf(
  tx: Tx,
  { certificateId, storageKey, sizeBytes, sha256 }: StoredPdf,
): Promise<boolean> {
  const inserted = await tx
    // Waits for a revocation or an erasure that is under way, and then finds nothing.
    .with('held', (cte) =>
      cte
        .selectFrom('certificate')
        .select('id')
        .where('id', '=', certificateId)
        .where('revoked_at', 'is', null)
        .where('learner_name', 'is not', null)
        .forNoKeyUpdate(),
    )
    .insertInto('certificate_pdf')
    .columns(['certificate_id', 'storage_key', 'size_bytes', 'sha256'])
    .expression((eb) =>
      eb
        .selectFrom('held')
        .select([
          'held.id as certificate_id',
          eb.cast<string>(eb.val(storageKey), 'text').as('storage_key'),
          eb.cast<number>(eb.val(sizeBytes), 'integer').as('size_bytes'),
          eb.cast<Buffer>(eb.val(sha256), 'bytea').as('sha256'),
        ]),
    )
    .onConflict((conflict) => conflict.doNothing())
    .returning('certificate_id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Whether the person was erased. They are not until the transaction ends. */
export async function isLearnerErased(tx: Tx, userId: string): Promise<boolean> {
  // By a statement of its own, so that the next one sees what it has waited for.
  await tx.selectFrom('app_user').select('id').where('id', '=', userId).forShare().execute();
  const row = await tx
    .selectFrom('erasure')
    .select('id')
    .where('user_id', '=', userId)
    .where('erased_at', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}
