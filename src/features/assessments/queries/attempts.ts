import { sql, type QueryCreator } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { json } from '#platform/db/json.ts';
import type { DB } from '#platform/db/tables.ts';
import type { AttemptGrade, StoredAnswer } from '../attempt-grade.ts';
import type { ShowResults } from '../policy.ts';
import type { QuestionResponse } from '../question.ts';
import type { SnapshotQuestion } from '../snapshot.ts';
import { standingColumns, standingJoins, type StandingRow } from './standing.ts';

export type AttemptStatus = 'inProgress' | 'needsGrading' | 'graded';

export type AttemptSummaryRow = {
  id: string;
  quiz_id: string;
  lesson_id: string;
  course_id: string;
  enrollment_id: string;
  user_id: string;
  number: number;
  status: AttemptStatus;
  passing_percent: number;
  started_at: Date;
  expires_at: Date | null;
  submitted_at: Date | null;
  submitted_by: 'learner' | 'clock' | null;
  graded_at: Date | null;
  score: number | null;
  max_score: number;
  percent: number | null;
  passed: boolean | null;
  show_results: ShowResults;
};

/** An attempt with its questions, answers included, and how the caller stands to its course. */
export type AttemptRow = AttemptSummaryRow &
  StandingRow & {
    questions: SnapshotQuestion[];
    /** Of the attempt's own enrollment, which need not be the current one. */
    enrollment_status: 'active' | 'completed' | 'withdrawn';
  };

const attemptColumns = sql`
  attempt.id, attempt.quiz_id, attempt.lesson_id, attempt.course_id, attempt.enrollment_id, attempt.user_id,
  attempt.number, attempt.status, attempt.passing_percent, attempt.started_at, attempt.expires_at,
  attempt.submitted_at, attempt.submitted_by, attempt.graded_at, attempt.score, attempt.max_score, attempt.percent,
  attempt.passed, attempt.questions, quiz.show_results, enrolled.status as enrollment_status`;
const attemptJoins = sql`
  join quiz on quiz.id = attempt.quiz_id
  join course on course.id = attempt.course_id
  join enrollment as enrolled on enrolled.id = attempt.enrollment_id`;
const answersOfAttempt = sql`
  (select coalesce(jsonb_agg(jsonb_build_object(
     'questionId', question_id, 'response', response, 'revision', revision, 'points', points,
     'isCorrect', is_correct, 'feedback', feedback)), '[]'::jsonb)
   from attempt_answer where attempt_id = attempt.id)`;

export type AttemptWithAnswers = AttemptRow & { answers: StoredAnswer[] };

/** The attempt with its answers, in one statement. */
export async function findAttempt(
  db: Db,
  of: { attemptId: string; actorId: string },
): Promise<AttemptWithAnswers | undefined> {
  const { rows } = await sql<AttemptWithAnswers>`
    select ${attemptColumns}, ${standingColumns}, ${answersOfAttempt} as answers
    from attempt ${attemptJoins} ${standingJoins(of.actorId)}
    where attempt.id = ${of.attemptId}`.execute(db);
  return rows[0];
}

/**
 * The attempt, whose row stays as it is until the transaction ends. Without its answers: read in the same statement,
 * they would be those of before the wait for the lock. `actorId` is null for the clock.
 */
export async function lockAttempt(
  tx: Tx,
  of: { attemptId: string; actorId: string | null },
): Promise<AttemptRow | undefined> {
  const { rows } = await sql<AttemptRow>`
    select ${attemptColumns}, ${standingColumns}
    from attempt ${attemptJoins} ${standingJoins(of.actorId)}
    where attempt.id = ${of.attemptId}
    for no key update of attempt`.execute(tx);
  return rows[0];
}

export async function listAnswers(tx: Tx, attemptId: string): Promise<StoredAnswer[]> {
  const rows = await tx
    .selectFrom('attempt_answer')
    .select(['question_id', 'response', 'revision', 'points', 'is_correct', 'feedback'])
    .where('attempt_id', '=', attemptId)
    .execute();
  return rows.map(({ question_id, is_correct, response, ...rest }) => ({
    questionId: question_id,
    isCorrect: is_correct,
    response: response as QuestionResponse,
    ...rest,
  }));
}

export type NewAttempt = {
  id: string;
  quiz_id: string;
  lesson_id: string;
  course_id: string;
  enrollment_id: string;
  user_id: string;
  number: number;
  questions: SnapshotQuestion[];
  seed: string;
  passing_percent: number;
  max_score: number;
  started_at: Date;
  expires_at: Date | null;
};

/**
 * Keeps the attempt; its learner is active by it. False where the enrollment has an open attempt, or one of this
 * number, by now: another start was faster.
 */
export async function insertAttempt(tx: Tx, attempt: NewAttempt): Promise<boolean> {
  const row = await tx
    .with('active', activeIn(attempt.enrollment_id, attempt.started_at))
    .insertInto('attempt')
    .values({
      ...attempt,
      questions: json(attempt.questions),
      status: 'inProgress',
      updated_at: attempt.started_at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Moves the enrollment's last activity, as part of a statement that does something else. */
function activeIn(enrollmentId: string, now: Date) {
  return (cte: QueryCreator<DB>) =>
    cte
      .updateTable('enrollment')
      .set({ last_activity_at: sql`greatest(last_activity_at, ${now})` })
      .where('id', '=', enrollmentId);
}

export type AnswerToSave = { questionId: string; response: QuestionResponse; revision: number | null };

/** Merges by question. What has a lower revision than stored is left out; without one it always counts. */
export async function saveAnswerRows(
  tx: Tx,
  attemptId: string,
  answers: readonly AnswerToSave[],
  now: Date,
): Promise<void> {
  if (answers.length === 0) return;
  await tx
    .insertInto('attempt_answer')
    .values(
      answers.map(({ questionId, response, revision }) => ({
        attempt_id: attemptId,
        question_id: questionId,
        response: response === null ? null : json(response),
        revision,
        updated_at: now,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['attempt_id', 'question_id'])
        .doUpdateSet({
          response: sql`excluded.response`,
          revision: sql`coalesce(excluded.revision, attempt_answer.revision)`,
          updated_at: now,
        })
        .where(
          sql<boolean>`excluded.revision is null or attempt_answer.revision is null
            or excluded.revision >= attempt_answer.revision`,
        ),
    )
    .execute();
}

/** Stores points for questions, with or without an answer. `graderId` is null for what the server graded. */
export async function saveGradeRows(
  tx: Tx,
  attemptId: string,
  answers: readonly StoredAnswer[],
  by: { graderId: string | null; now: Date },
): Promise<void> {
  if (answers.length === 0) return;
  await tx
    .insertInto('attempt_answer')
    .values(
      answers.map(({ questionId, points, isCorrect, feedback }) => ({
        attempt_id: attemptId,
        question_id: questionId,
        points,
        is_correct: isCorrect,
        feedback,
        graded_by: by.graderId,
        updated_at: by.now,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['attempt_id', 'question_id']).doUpdateSet({
        points: sql`excluded.points`,
        is_correct: sql`excluded.is_correct`,
        feedback: sql`excluded.feedback`,
        graded_by: sql`excluded.graded_by`,
        updated_at: by.now,
      }),
    )
    .execute();
}

export type AttemptChange = AttemptGrade & {
  submitted_at?: Date;
  submitted_by?: 'learner' | 'clock';
  graded_at: Date | null;
};

/** Changes the attempt; its learner is active by a submission of their own. */
export async function updateAttempt(
  tx: Tx,
  attempt: Pick<AttemptRow, 'id' | 'enrollment_id'>,
  change: AttemptChange,
  now: Date,
): Promise<void> {
  const update =
    change.submitted_by === 'learner'
      ? tx.with('active', activeIn(attempt.enrollment_id, now)).updateTable('attempt')
      : tx.updateTable('attempt');
  await update
    .set({ ...change, updated_at: now })
    .where('id', '=', attempt.id)
    .execute();
}

/** Open attempts that expired at or before `expiredBefore`, those that wait longest first. */
export async function listOverdueAttempts(db: Db, expiredBefore: Date, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('attempt')
    .select('id')
    .where('status', '=', 'inProgress')
    .where('expires_at', '<=', expiredBefore)
    .orderBy('expires_at')
    .limit(limit)
    .execute();
  return rows.map((row) => row.id);
}
