import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import type { ShowResults } from '../policy.ts';
import { standingColumns, standingJoins, type StandingRow } from './standing.ts';

type LessonPart = StandingRow & {
  lesson_id: string;
  course_id: string;
  lesson_type: 'text' | 'video' | 'quiz' | 'file';
  is_preview: boolean;
  is_ready: boolean;
};

export type QuizRow = {
  id: string;
  lesson_id: string;
  course_id: string;
  passing_percent: number;
  max_attempts: number | null;
  time_limit_seconds: number | null;
  shuffle_questions: boolean;
  show_results: ShowResults;
  version: number;
  created_at: Date;
  updated_at: Date;
  question_count: number;
  max_score: number;
  attempts_used: number;
  open_attempt_id: string | null;
  best_percent: number | null;
  has_passed: boolean | null;
};

/** A lesson, whether or not it has a quiz yet; `id` is null where it has none. */
export type LessonQuizRow = LessonPart & (QuizRow | { id: null });

/**
 * A lesson's quiz with what it is worth and how far the caller's own enrollment came in it. An open attempt that
 * expired before `closedBefore` is as good as submitted.
 */
export async function findQuizOfLesson(
  db: Db,
  of: { lessonId: string; actorId: string; closedBefore: Date },
): Promise<LessonQuizRow | undefined> {
  const { rows } = await sql<LessonQuizRow>`
    select lesson.id as lesson_id, lesson.course_id, lesson.type as lesson_type, lesson.is_preview, lesson.is_ready,
           ${standingColumns},
           quiz.id, quiz.passing_percent, quiz.max_attempts, quiz.time_limit_seconds, quiz.shuffle_questions,
           quiz.show_results, quiz.version, quiz.created_at, quiz.updated_at,
           asked.question_count, asked.max_score,
           made.attempts_used, made.open_attempt_id, made.best_percent, made.has_passed
    from lesson
    join course on course.id = lesson.course_id
    ${standingJoins(of.actorId)}
    left join quiz on quiz.lesson_id = lesson.id
    left join lateral (
      select count(*) as question_count, coalesce(sum(points), 0) as max_score
      from question where question.quiz_id = quiz.id and question.removed_at is null
    ) as asked on true
    left join lateral (
      select count(*) as attempts_used, max(percent) filter (where status = 'graded') as best_percent,
             bool_or(passed) as has_passed,
             (array_agg(attempt.id) filter (
               where status = 'inProgress' and (expires_at is null or expires_at > ${of.closedBefore})))[1] as open_attempt_id
      from attempt where attempt.enrollment_id = own.id and attempt.quiz_id = quiz.id
    ) as made on true
    where lesson.id = ${of.lessonId} and lesson.deleted_at is null`.execute(db);
  return rows[0];
}

export type QuizLessonRow = LessonPart;

/** A lesson with the caller's standing, whether or not it has a quiz. */
export async function findQuizLesson(
  db: Db,
  of: { lessonId: string; actorId: string },
): Promise<QuizLessonRow | undefined> {
  const { rows } = await sql<QuizLessonRow>`
    select lesson.id as lesson_id, lesson.course_id, lesson.type as lesson_type, lesson.is_preview, lesson.is_ready,
           ${standingColumns}
    from lesson
    join course on course.id = lesson.course_id
    ${standingJoins(of.actorId)}
    where lesson.id = ${of.lessonId} and lesson.deleted_at is null`.execute(db);
  return rows[0];
}

/** The version of the lesson's quiz, whose row stays as it is until the transaction ends. */
export async function lockQuizVersion(tx: Tx, lessonId: string): Promise<number | undefined> {
  const row = await tx
    .selectFrom('quiz')
    .select('version')
    .where('lesson_id', '=', lessonId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row?.version;
}

export type QuizSettings = Pick<
  QuizRow,
  'passing_percent' | 'max_attempts' | 'time_limit_seconds' | 'shuffle_questions' | 'show_results'
>;

/** Makes a lesson's quiz, or replaces its settings. */
export async function saveQuizSettings(
  tx: Tx,
  quiz: QuizSettings & { id: string; lesson_id: string; course_id: string },
  now: Date,
): Promise<void> {
  const { id: _id, lesson_id: _lesson, course_id: _course, ...settings } = quiz;
  await tx
    .insertInto('quiz')
    .values({ ...quiz, created_at: now, updated_at: now })
    .onConflict((conflict) =>
      conflict
        .column('lesson_id')
        .doUpdateSet((eb) => ({ ...settings, updated_at: now, version: eb('quiz.version', '+', 1) })),
    )
    .execute();
}

export type QuizContextRow = LessonPart & { id: string };

/**
 * The quiz, or the quiz of a question that it still has, with its lesson and the caller's standing. `isLocked` keeps
 * its row until the transaction ends: who changes its questions takes turns.
 */
export async function findQuizContext(
  db: Db,
  of: { quizId: string; actorId: string } | { questionId: string; actorId: string },
  { isLocked }: { isLocked: boolean } = { isLocked: false },
): Promise<QuizContextRow | undefined> {
  const wanted =
    'quizId' in of
      ? sql`${of.quizId}`
      : sql`(select quiz_id from question where question.id = ${of.questionId} and removed_at is null)`;
  const { rows } = await sql<QuizContextRow>`
    select quiz.id, quiz.lesson_id, quiz.course_id, lesson.type as lesson_type, lesson.is_preview, lesson.is_ready,
           ${standingColumns}
    from quiz
    join lesson on lesson.id = quiz.lesson_id and lesson.deleted_at is null
    join course on course.id = quiz.course_id
    ${standingJoins(of.actorId)}
    where quiz.id = ${wanted}
    ${isLocked ? sql`for no key update of quiz` : sql``}`.execute(db);
  return rows[0];
}

/** Whether anything can be earned in the quiz, and what its lesson and course are taken for. */
export async function getReadiness(
  tx: Tx,
  quizId: string,
): Promise<{ hasPoints: boolean; isReady: boolean; isPublished: boolean }> {
  return tx
    .selectFrom('quiz')
    .innerJoin('lesson', 'lesson.id', 'quiz.lesson_id')
    .innerJoin('course', 'course.id', 'quiz.course_id')
    .select((eb) => [
      'lesson.is_ready as isReady',
      eb('course.published_at', 'is not', null).$castTo<boolean>().as('isPublished'),
      eb
        .exists(
          eb
            .selectFrom('question')
            .select('question.id')
            .whereRef('question.quiz_id', '=', 'quiz.id')
            .where('removed_at', 'is', null)
            .where('points', '>', 0),
        )
        .$castTo<boolean>()
        .as('hasPoints'),
    ])
    .where('quiz.id', '=', quizId)
    .executeTakeFirstOrThrow();
}
