import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { countCapped, fetchPage, type PageRequest } from '#platform/db/page.ts';

const hasPdf = sql<boolean>`exists (select from certificate_pdf where certificate_id = certificate.id)`;
// By the unique key of `replaces_id`.
const replacedById = sql<
  string | null
>`(select successor.id from certificate as successor where successor.replaces_id = certificate.id)`;

export type CertificateRow = NonNullable<Awaited<ReturnType<typeof findByNumber>>>;
export type CertificateFilters = {
  number?: string | undefined;
  userId?: string | undefined;
  courseId?: string | undefined;
};

function certificatesIn(db: Db | Tx) {
  return db
    .selectFrom('certificate')
    .select([
      'certificate.id',
      'certificate.number',
      'certificate.enrollment_id',
      'certificate.user_id',
      'certificate.course_id',
      'certificate.learner_name',
      'certificate.course_title',
      'certificate.language',
      'certificate.issuer',
      'certificate.completed_at',
      'certificate.issued_at',
      'certificate.expires_at',
      'certificate.revoked_at',
      'certificate.revocation_reason',
      'certificate.replaces_id',
      replacedById.as('replaced_by_id'),
      hasPdf.as('has_pdf'),
    ]);
}

/** `number` in its canonical form. */
export async function findByNumber(db: Db, number: string) {
  return certificatesIn(db).where('certificate.number', '=', number).executeTakeFirst();
}

export async function getCertificate(tx: Db | Tx, id: string): Promise<CertificateRow> {
  return certificatesIn(tx).where('certificate.id', '=', id).executeTakeFirstOrThrow();
}

/** The certificate as it is, its row locked until the transaction ends. */
export async function lockCertificate(tx: Tx, id: string): Promise<CertificateRow | undefined> {
  const held = await tx
    .selectFrom('certificate')
    .select('id')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  // By a second statement: the first, where it waited, has not seen what was committed meanwhile beside the row.
  return held && getCertificate(tx, id);
}

/** A certificate with how the actor stands to its course. */
export async function findMetCertificate(db: Db, id: string, actorId: string) {
  return certificatesIn(db)
    .innerJoin('course', 'course.id', 'certificate.course_id')
    .leftJoin('course_staff', (join) =>
      join.onRef('course_staff.course_id', '=', 'course.id').on('course_staff.user_id', '=', actorId),
    )
    .select(['course.status as course_status', 'course_staff.role as staff_role'])
    .where('certificate.id', '=', id)
    .executeTakeFirst();
}

/** The PDF with what decides on its reader. `content` holds it where it has not moved to the store yet. */
export async function findMetPdf(db: Db, id: string, actorId: string) {
  return db
    .selectFrom('certificate')
    .innerJoin('course', 'course.id', 'certificate.course_id')
    .leftJoin('course_staff', (join) =>
      join.onRef('course_staff.course_id', '=', 'course.id').on('course_staff.user_id', '=', actorId),
    )
    .leftJoin('certificate_pdf', 'certificate_pdf.certificate_id', 'certificate.id')
    .select([
      'certificate.user_id',
      'certificate.number',
      'certificate.course_title',
      'certificate.revoked_at',
      'certificate.learner_name',
      'course.status as course_status',
      'course_staff.role as staff_role',
      'certificate_pdf.sha256',
      'certificate_pdf.storage_key',
      'certificate_pdf.size_bytes',
      'certificate_pdf.content',
    ])
    .where('certificate.id', '=', id)
    .executeTakeFirst();
}

/** Those whose PDF exists, and the revoked, which may never have had one. */
export async function listCertificates(
  db: Db,
  filters: CertificateFilters,
  page: Omit<PageRequest, 'filters'>,
  withTotal: boolean,
) {
  const { number, userId, courseId } = filters;
  let query = certificatesIn(db).where((eb) => eb.or([eb('certificate.revoked_at', 'is not', null), hasPdf]));
  if (number !== undefined) query = query.where('certificate.number', '=', number);
  if (userId !== undefined) query = query.where('certificate.user_id', '=', userId);
  if (courseId !== undefined) query = query.where('certificate.course_id', '=', courseId);
  const keys = { issuedAt: { by: sql.ref('certificate.issued_at'), type: 'timestamptz' } } as const;
  const rows = await fetchPage(query, keys, sql.ref('certificate.id'), { ...page, filters });
  return { ...rows, total: withTotal ? await countCapped(db, query) : undefined };
}
