import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { countCapped, fetchPage, type PageRequest } from '#platform/db/page.ts';
import { standingColumns, standingJoins, type StandingRow } from './standing.ts';
import type { AttemptStatus } from './attempts.ts';

export type AttemptScope = { quizId: string } | { courseId: string };
export type AttemptListRow = Awaited<ReturnType<typeof listAttempts>>['rows'][number];

/** The caller's standing in the course that the list is about, and the state of the quiz's lesson, if it has one. */
export type ListStandingRow = StandingRow & {
  is_preview: boolean;
  is_ready: boolean;
  /** Whether the caller has an enrollment of whatever state. */
  was_enrolled: boolean;
};

export async function findListStanding(
  db: Db,
  scope: AttemptScope,
  actorId: string,
): Promise<ListStandingRow | undefined> {
  const from =
    'quizId' in scope
      ? sql`quiz join lesson on lesson.id = quiz.lesson_id join course on course.id = quiz.course_id`
      : sql`course`;
  const lesson =
    'quizId' in scope
      ? sql`lesson.is_preview, lesson.is_ready and lesson.deleted_at is null as is_ready`
      : sql`false as is_preview, true as is_ready`;
  const { rows } = await sql<ListStandingRow>`
    select ${lesson}, ${standingColumns},
           exists (select from enrollment where enrollment.course_id = course.id
                   and enrollment.user_id = ${actorId}) as was_enrolled
    from ${from} ${standingJoins(actorId)}
    where ${'quizId' in scope ? sql`quiz.id = ${scope.quizId}` : sql`course.id = ${scope.courseId}`}`.execute(
    db,
  );
  return rows[0];
}

export type AttemptFilters = {
  scope: AttemptScope;
  /** Only this person's. */
  userId?: string | undefined;
  enrollmentId?: string | undefined;
  status?: readonly AttemptStatus[] | undefined;
};

/** A page of attempts without questions. Sorted by submission, open ones come last. */
export async function listAttempts(
  db: Db,
  filters: AttemptFilters,
  page: Omit<PageRequest, 'filters'>,
  withTotal: boolean,
) {
  const query = filteredAttempts(db, filters);
  const keys = {
    startedAt: { by: sql.ref('attempt.started_at'), type: 'timestamptz' },
    submittedAt: { by: sql`coalesce(attempt.submitted_at, 'infinity'::timestamptz)`, type: 'timestamptz' },
  } as const;
  const rows = await fetchPage(query, keys, sql.ref('attempt.id'), { ...page, filters });
  const total = withTotal ? await countCapped(db, query) : undefined;
  return { ...rows, total };
}

function filteredAttempts(db: Db, { scope, userId, enrollmentId, status }: AttemptFilters) {
  let query = db
    .selectFrom('attempt')
    .innerJoin('quiz', 'quiz.id', 'attempt.quiz_id')
    .innerJoin('lesson', 'lesson.id', 'attempt.lesson_id')
    .innerJoin('app_user', 'app_user.id', 'attempt.user_id')
    .select([
      'attempt.id',
      'attempt.quiz_id',
      'attempt.lesson_id',
      'attempt.course_id',
      'attempt.enrollment_id',
      'attempt.user_id',
      'attempt.number',
      'attempt.status',
      'attempt.passing_percent',
      'attempt.started_at',
      'attempt.expires_at',
      'attempt.submitted_at',
      'attempt.submitted_by',
      'attempt.graded_at',
      'attempt.score',
      'attempt.max_score',
      'attempt.percent',
      'attempt.passed',
      'quiz.show_results',
      'lesson.title as lesson_title',
      'app_user.name as user_name',
    ]);
  query =
    'quizId' in scope
      ? query.where('attempt.quiz_id', '=', scope.quizId)
      : query.where('attempt.course_id', '=', scope.courseId);
  if (userId !== undefined) query = query.where('attempt.user_id', '=', userId);
  if (enrollmentId !== undefined) query = query.where('attempt.enrollment_id', '=', enrollmentId);
  if (status) query = query.where('attempt.status', 'in', status);
  return query;
}
