import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

/** When an account was made, and whether somebody has vouched for its address. */
export function findAccount(db: Db, id: string) {
  return db
    .selectFrom('app_user')
    .select(['created_at', 'email_verified_at'])
    .where('id', '=', id)
    .executeTakeFirst();
}

/** What is said of a suspension, while it lasts. */
export function findSuspension(db: Db, userId: string) {
  return db
    .selectFrom('suspension')
    .innerJoin('app_user', 'app_user.id', 'suspension.user_id')
    .select(['reason', 'is_reason_told', 'ends_at'])
    .where('user_id', '=', userId)
    .whereRef('app_user.suspended_at', '=', 'app_user.deactivated_at')
    .executeTakeFirst();
}

/** Who acts or acted as somebody in this session, and why. */
export async function findImpersonation(
  db: Db,
  sessionId: string,
): Promise<{ adminName: string; reason: string } | undefined> {
  return db
    .selectFrom('session')
    .innerJoin('app_user as admin', 'admin.id', 'session.impersonator_id')
    .select((eb) => [
      'admin.name as adminName',
      eb.ref('session.impersonation_reason').$notNull().as('reason'),
    ])
    .where('session.id', '=', sessionId)
    .executeTakeFirst();
}

/** An enrollment that goes on, with its course. */
export function findEnrollment(db: Db, id: string) {
  return db
    .selectFrom('enrollment')
    .innerJoin('course', 'course.id', 'enrollment.course_id')
    .select([
      'enrollment.created_at',
      'enrollment.status',
      'enrollment.progress_percent',
      'enrollment.last_activity_at',
      'course.title',
      'course.slug',
      'course.status as course_status',
    ])
    .where('enrollment.id', '=', id)
    .executeTakeFirst();
}

export function findCertificate(db: Db, id: string) {
  return db
    .selectFrom('certificate')
    .leftJoin('certificate as successor', 'successor.replaces_id', 'certificate.id')
    .select([
      'certificate.id',
      'certificate.number',
      'certificate.course_title',
      'certificate.completed_at',
      'certificate.issued_at',
      'certificate.revoked_at',
      'certificate.revocation_reason',
      'certificate.replaces_id',
      'successor.id as successor_id',
    ])
    .where('certificate.id', '=', id)
    .executeTakeFirst();
}

/** An attempt with whether a person graded any of its answers. */
export function findAttempt(db: Db, id: string) {
  return db
    .selectFrom('attempt')
    .innerJoin('quiz', 'quiz.id', 'attempt.quiz_id')
    .innerJoin('lesson', 'lesson.id', 'attempt.lesson_id')
    .innerJoin('course', 'course.id', 'attempt.course_id')
    .select([
      'attempt.status',
      'attempt.graded_at',
      'attempt.score',
      'attempt.max_score',
      'attempt.passed',
      'quiz.show_results',
      'lesson.title as lesson_title',
      'course.title as course_title',
      'course.slug',
      sql<boolean>`exists (select from attempt_answer where attempt_id = attempt.id and graded_by is not null)`.as(
        'is_graded_by_person',
      ),
    ])
    .where('attempt.id', '=', id)
    .executeTakeFirst();
}

/** Where a webhook goes, if it is still there. */
export async function findWebhookUrl(db: Db, id: string): Promise<string | undefined> {
  const row = await db.selectFrom('webhook').select('url').where('id', '=', id).executeTakeFirst();
  return row?.url;
}

/** What the device of a session called itself. */
export async function findUserAgent(db: Db, sessionId: string): Promise<string | null> {
  const row = await db
    .selectFrom('session')
    .select('user_agent')
    .where('id', '=', sessionId)
    .executeTakeFirst();
  return row?.user_agent ?? null;
}

export async function findKeyName(db: Db, id: string): Promise<string | undefined> {
  const row = await db.selectFrom('api_key').select('name').where('id', '=', id).executeTakeFirst();
  return row?.name;
}

/** Undefined where it is done, or was taken back. */
export async function findErasureDay(db: Db, id: string): Promise<Date | undefined> {
  const row = await db
    .selectFrom('erasure')
    .select('due_at')
    .where('id', '=', id)
    .where('cancelled_at', 'is', null)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
  return row?.due_at;
}

export async function findProviderName(db: Db, id: string): Promise<string | undefined> {
  const row = await db.selectFrom('sso_provider').select('name').where('id', '=', id).executeTakeFirst();
  return row?.name;
}

export async function listAdminIds(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('app_user')
    .select('id')
    .where('role', '=', 'admin')
    .where('deactivated_at', 'is', null)
    .execute();
  return rows.map(({ id }) => id);
}

export type IdleEnrollment = { id: string; user_id: string; cause: string };

/**
 * Enrollments in which something was last done in this span, not reminded of since: of active people with an address,
 * in published courses.
 */
export async function listIdle(
  db: Db,
  { from, to, limit }: { from: Date; to: Date; limit: number },
): Promise<IdleEnrollment[]> {
  const lastActivity = sql<Date>`coalesce(enrollment.last_activity_at, enrollment.created_at)`;
  // Named by the stretch without activity: of one, one is reminded once.
  const cause = sql<string>`enrollment.id || ' ' || floor(extract(epoch from ${lastActivity}))`;
  return db
    .selectFrom('enrollment')
    .innerJoin('course', 'course.id', 'enrollment.course_id')
    .innerJoin('app_user', 'app_user.id', 'enrollment.user_id')
    .select(['enrollment.id', 'enrollment.user_id', cause.as('cause')])
    .where('enrollment.status', '=', 'active')
    .where('enrollment.is_current', '=', true)
    .where(lastActivity, '>', from)
    .where(lastActivity, '<=', to)
    .where('course.status', '=', 'published')
    .where('app_user.deactivated_at', 'is', null)
    .where('app_user.email', 'is not', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('mail')
            .select('mail.id')
            .whereRef('mail.user_id', '=', 'enrollment.user_id')
            .where('mail.kind', '=', 'reminder')
            .where('mail.cause', '=', cause),
        ),
      ),
    )
    .orderBy('enrollment.id')
    .limit(limit)
    .execute();
}

/** Until when an archive of somebody's data can be fetched; undefined where it is no more. */
export async function findExportEnd(db: Db, id: string, now: Date): Promise<Date | undefined> {
  const row = await db
    .selectFrom('data_export')
    .select('expires_at')
    .where('id', '=', id)
    .where('store_key', 'is not', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row?.expires_at ?? undefined;
}
