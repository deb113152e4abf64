import { sql } from 'kysely';
import type { StaffRole } from '#features/courses/policy.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { countCapped, fetchPage, type PageRequest } from '#platform/db/page.ts';
import type { EnrollmentStatus } from './enrolling.ts';

export type EnrollmentRow = Awaited<ReturnType<typeof getEnrollment>>;
export type EnrollmentFilters = {
  userId?: string;
  courseId?: string;
  status?: readonly EnrollmentStatus[] | undefined;
};

// The first lesson in outline order that is ready, not deleted and not complete.
const nextLessonId = sql<string | null>`(
  select lesson.id from lesson
  join section on section.id = lesson.section_id
  left join lesson_progress on lesson_progress.enrollment_id = enrollment.id and lesson_progress.lesson_id = lesson.id
  where lesson.course_id = enrollment.course_id and lesson.is_ready and lesson.deleted_at is null
    and lesson_progress.completed_at is null
  order by section.position, section.id, lesson.position, lesson.id
  limit 1)`;

const lastActivity = sql`coalesce(enrollment.last_activity_at, enrollment.created_at)`;

/** Everything an enrollment is shown with: its course's summary, its person, its review. */
function enrollmentsIn(db: Db | Tx) {
  return db
    .selectFrom('enrollment')
    .innerJoin('course', 'course.id', 'enrollment.course_id')
    .innerJoin('app_user', 'app_user.id', 'enrollment.user_id')
    .leftJoin('review', 'review.enrollment_id', 'enrollment.id')
    .select([
      'enrollment.id',
      'enrollment.course_id',
      'enrollment.user_id',
      'enrollment.status',
      'enrollment.completed_at',
      'enrollment.withdrawn_at',
      'enrollment.withdrawn_by',
      'enrollment.progress_percent',
      'enrollment.last_activity_at',
      'enrollment.created_at',
      nextLessonId.as('next_lesson_id'),
      'course.slug',
      'course.title',
      'course.language',
      'course.image_url',
      'course.picture_id',
      'course.status as course_status',
      'app_user.name as user_name',
      'app_user.email as user_email',
      'app_user.email_verified_at as user_email_verified_at',
      'review.rating',
      'review.text as review_text',
    ]);
}

export async function getEnrollment(db: Db | Tx, id: string) {
  return enrollmentsIn(db).where('enrollment.id', '=', id).executeTakeFirstOrThrow();
}

/** With the role that the actor has among the course's staff. */
export async function findEnrollment(db: Db, id: string, actorId: string) {
  return enrollmentsIn(db)
    .leftJoin('course_staff', (join) =>
      join.onRef('course_staff.course_id', '=', 'course.id').on('course_staff.user_id', '=', actorId),
    )
    .select((eb) => eb.ref('course_staff.role').$castTo<StaffRole | null>().as('staff_role'))
    .where('enrollment.id', '=', id)
    .executeTakeFirst();
}

export async function listEnrollments(
  db: Db,
  filters: EnrollmentFilters,
  page: Omit<PageRequest, 'filters'>,
  withTotal: boolean,
) {
  const { userId, courseId, status } = filters;
  let query = enrollmentsIn(db);
  if (userId !== undefined) query = query.where('enrollment.user_id', '=', userId);
  if (courseId !== undefined) query = query.where('enrollment.course_id', '=', courseId);
  if (status) query = query.where('enrollment.status', 'in', status);
  const keys = {
    createdAt: { by: sql.ref('enrollment.created_at'), type: 'timestamptz' },
    lastActivityAt: { by: lastActivity, type: 'timestamptz' },
  } as const;
  const rows = await fetchPage(query, keys, sql.ref('enrollment.id'), { ...page, filters });
  return { ...rows, total: withTotal ? await countCapped(db, query) : undefined };
}
