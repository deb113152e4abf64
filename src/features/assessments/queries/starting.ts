import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { standingColumns, standingJoins, type StandingRow } from './standing.ts';

/** A quiz as one who wants to start an attempt meets it. */
export type StartingRow = StandingRow & {
  quiz_id: string;
  lesson_id: string;
  course_id: string;
  is_preview: boolean;
  is_ready: boolean;
  passing_percent: number;
  max_attempts: number | null;
  time_limit_seconds: number | null;
  shuffle_questions: boolean;
  /** Attempts of the caller's current enrollment, which are numbered from 1. */
  attempts_used: number;
  open_attempt_id: string | null;
  open_expires_at: Date | null;
};

export async function findStarting(
  db: Db,
  of: { quizId: string; actorId: string },
): Promise<StartingRow | undefined> {
  const { rows } = await sql<StartingRow>`
    select quiz.id as quiz_id, quiz.lesson_id, quiz.course_id, lesson.is_preview, lesson.is_ready,
           quiz.passing_percent, quiz.max_attempts, quiz.time_limit_seconds, quiz.shuffle_questions,
           ${standingColumns},
           (select coalesce(max(number), 0) from attempt
            where attempt.enrollment_id = own.id and attempt.quiz_id = quiz.id) as attempts_used,
           open.id as open_attempt_id, open.expires_at as open_expires_at
    from quiz
    join lesson on lesson.id = quiz.lesson_id and lesson.deleted_at is null
    join course on course.id = quiz.course_id
    ${standingJoins(of.actorId)}
    left join attempt as open
      on open.enrollment_id = own.id and open.quiz_id = quiz.id and open.status = 'inProgress'
    where quiz.id = ${of.quizId}`.execute(db);
  return rows[0];
}
