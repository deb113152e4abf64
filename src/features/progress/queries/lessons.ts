import { sql, type RawBuilder } from 'kysely';
import type { StaffRole } from '#features/courses/policy.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { fixedQuery } from '#platform/db/fixed-query.ts';
import type { Interval } from '../intervals.ts';
import type { EnrollmentStatus, LockedEnrollment } from './completion.ts';

/** What of a quiz's attempts decides on its lesson; null for other lessons. */
export type QuizState = {
  passingPercent: number;
  maxAttempts: number | null;
  started: number;
  open: number;
  ungraded: number;
  hasPassed: boolean;
};

/** A lesson that a learner sees, with what they reached in it. Without a first heartbeat the last seven are null or 0. */
export type LessonRow = {
  lesson_id: string;
  section_id: string;
  section_title: string;
  title: string;
  type: 'text' | 'video' | 'quiz' | 'file';
  is_required: boolean;
  duration_seconds: number | null;
  watched_percent: number;
  quiz: QuizState | null;
  first_seen_at: Date | null;
  touched_at: Date | null;
  completed_at: Date | null;
  position_seconds: number | null;
  position_at: Date | null;
  seconds_watched: number;
  /** All that was ever reported, credited or not; known where a heartbeat was kept. */
  seconds_reported?: number;
  seconds_spent: number;
};
export type LessonRowWithWatched = LessonRow & { watched: Interval[] };

const lessonColumns = sql`
  lesson.id as lesson_id, section.id as section_id, section.title as section_title, lesson.title, lesson.type,
  lesson.is_required, lesson.duration_seconds, lesson.watched_percent, tried.quiz,
  reached.first_seen_at, reached.updated_at as touched_at, reached.completed_at, reached.position_seconds,
  reached.position_at, coalesce(reached.seconds_watched, 0) as seconds_watched,
  coalesce(reached.seconds_spent, 0) as seconds_spent`;

function lessonsOf(enrollmentId: string): RawBuilder<unknown> {
  return sql`lesson
    join section on section.id = lesson.section_id
    left join lesson_progress as reached on reached.lesson_id = lesson.id and reached.enrollment_id = ${enrollmentId}
    left join lateral (
      select jsonb_build_object(
        'passingPercent', quiz.passing_percent, 'maxAttempts', quiz.max_attempts, 'started', count(attempt.id),
        'open', count(*) filter (where attempt.status = 'inProgress'),
        'ungraded', count(*) filter (where attempt.status = 'needsGrading'),
        'hasPassed', coalesce(bool_or(attempt.passed), false)) as quiz
      from quiz left join attempt on attempt.quiz_id = quiz.id and attempt.enrollment_id = ${enrollmentId}
      where quiz.lesson_id = lesson.id
      group by quiz.id
    ) as tried on true`;
}

/** All that a learner sees of a course, in outline order. */
export async function listLessons(
  db: Db,
  enrollment: { id: string; courseId: string },
): Promise<LessonRow[]> {
  const { rows } = await sql<LessonRow>`
    select ${lessonColumns} from ${lessonsOf(enrollment.id)}
    where lesson.course_id = ${enrollment.courseId} and lesson.is_ready and lesson.deleted_at is null
    order by section.position, section.id, lesson.position, lesson.id`.execute(db);
  return rows;
}

/** One of these lessons, with the stretches watched. */
export async function findLesson(
  db: Db,
  enrollment: { id: string; courseId: string },
  lessonId: string,
): Promise<LessonRowWithWatched | undefined> {
  const { rows } = await sql<LessonRowWithWatched>`
    select ${lessonColumns}, coalesce(reached.watched, '[]') as watched from ${lessonsOf(enrollment.id)}
    where lesson.id = ${lessonId} and lesson.course_id = ${enrollment.courseId} and lesson.is_ready and lesson.deleted_at is null
  `.execute(db);
  return rows[0];
}

/** An enrollment with how the actor stands to its course. */
export type MetEnrollment = LockedEnrollment & {
  status: EnrollmentStatus;
  progressPercent: number;
  courseStatus: 'draft' | 'published' | 'archived';
  staffRole: StaffRole | null;
};

type Met = { id: string; actorId: string };
const metById = fixedQuery((db, { id, actorId }: Met) => metEnrollment(db, id, actorId).compile());
const lockedById = fixedQuery((db, { id, actorId }: Met) =>
  metEnrollment(db, id, actorId).forNoKeyUpdate('enrollment').compile(),
);

export async function findMetEnrollment(
  db: Db,
  id: string,
  actorId: string,
): Promise<MetEnrollment | undefined> {
  return (await metById(db, { id, actorId }))[0];
}

/** The same, its row locked until the transaction ends. */
export async function lockMetEnrollment(
  tx: Tx,
  id: string,
  actorId: string,
): Promise<MetEnrollment | undefined> {
  return (await lockedById(tx, { id, actorId }))[0];
}

function metEnrollment(db: Db, id: string, actorId: string) {
  return db
    .selectFrom('enrollment')
    .innerJoin('course', 'course.id', 'enrollment.course_id')
    .leftJoin('course_staff', (join) =>
      join.onRef('course_staff.course_id', '=', 'course.id').on('course_staff.user_id', '=', actorId),
    )
    .select((eb) => [
      'enrollment.id',
      'enrollment.user_id as userId',
      'enrollment.course_id as courseId',
      'enrollment.status',
      'enrollment.progress_percent as progressPercent',
      eb('enrollment.completed_at', 'is not', null).$castTo<boolean>().as('isCompleted'),
      'course.status as courseStatus',
      'course_staff.role as staffRole',
    ])
    .where('enrollment.id', '=', id);
}
