import { randomUUID } from 'node:crypto';
import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { closesAt, isOverdue } from '../deadline.ts';
import { submitOverdueJob } from '../jobs.ts';
import { refusalOfStarting } from '../policy.ts';
import { findAttempt, insertAttempt, type AttemptWithAnswers, type NewAttempt } from '../queries/attempts.ts';
import { listQuestions, questionOf } from '../queries/questions.ts';
import { findStarting, type StartingRow } from '../queries/starting.ts';
import { standingOf } from '../queries/standing.ts';
import { takeSnapshot } from '../snapshot.ts';
import { submitOverdue } from './submit-overdue.ts';

/** Rounds of reading and inserting: each lost one means that another start, or the clock, was faster. */
const tries = 5;

/**
 * Starts an attempt, or gives the open one; of two starts at once one makes it. 404, 409 `not_enrolled`,
 * `enrollment_withdrawn`, `attempts_exhausted`.
 */
export async function startAttempt(
  deps: Deps,
  actor: Actor,
  quizId: string,
  wantedEnrollmentId: string | undefined,
): Promise<{ attempt: AttemptWithAnswers; isNew: boolean }> {
  for (let round = 0; round < tries; round++) {
    const quiz = await findStarting(deps.db, { quizId, actorId: actor.userId });
    if (!quiz) throw notFound('Quiz');
    refuse(actor, quiz, wantedEnrollmentId);
    const overdue = overdueAttemptId(quiz, deps.clock.now());
    if (overdue !== null) {
      await submitOverdue(deps, overdue);
      continue;
    }
    const open = quiz.open_attempt_id;
    const attemptId = open ?? (await makeAttempt(deps, actor, quiz));
    const attempt = attemptId && (await findAttempt(deps.db, { attemptId, actorId: actor.userId }));
    if (attempt) return { attempt, isNew: open === null };
  }
  throw conflict('conflict', 'Another request starts or ends attempts at the same time. Try again.');
}

function refuse(actor: Actor, quiz: StartingRow, wantedEnrollmentId: string | undefined): void {
  const { own_enrollment_id: id, own_enrollment_status: status } = quiz;
  const refusal = refusalOfStarting(actor, {
    course: standingOf(quiz),
    lesson: { isPreview: quiz.is_preview, isReady: quiz.is_ready },
    enrollment: id !== null && status !== null ? { id, status } : null,
    wantedEnrollmentId,
  });
  if (refusal) throw refusal;
}

/** The id of the open attempt whose time is over: it is submitted before another starts. */
function overdueAttemptId(quiz: StartingRow, now: Date): string | null {
  const timed = { status: 'inProgress' as const, expires_at: quiz.open_expires_at };
  return isOverdue(timed, now) ? quiz.open_attempt_id : null;
}

/** The new attempt's id, or undefined where another start was faster. */
async function makeAttempt(deps: Deps, actor: Actor, quiz: StartingRow): Promise<string | undefined> {
  if (quiz.max_attempts !== null && quiz.attempts_used >= quiz.max_attempts) {
    const reason = {
      code: 'max_attempts',
      params: { maxAttempts: quiz.max_attempts },
      message: 'All are used.',
    };
    throw conflict('attempts_exhausted', 'No attempts are left.', [reason]);
  }
  const questions = (await listQuestions(deps.db, quiz.quiz_id)).map(questionOf);
  const attempt = newAttempt(actor, quiz, questions, deps.clock.now());
  return inTransaction(deps.db, async (tx) => {
    if (!(await insertAttempt(tx, attempt))) return undefined;
    if (attempt.expires_at) {
      const startAfter = closesAt(attempt.expires_at);
      await deps.jobs.enqueue(tx, submitOverdueJob, { attemptId: attempt.id }, { startAfter });
    }
    return attempt.id;
  });
}

function newAttempt(
  actor: Actor,
  quiz: StartingRow,
  questions: Parameters<typeof takeSnapshot>[0],
  now: Date,
): NewAttempt {
  const seed = randomUUID();
  const { time_limit_seconds: limit } = quiz;
  const cents = questions.reduce((sum, { points }) => sum + Math.round(points * 100), 0);
  return {
    id: newId(),
    quiz_id: quiz.quiz_id,
    lesson_id: quiz.lesson_id,
    course_id: quiz.course_id,
    enrollment_id: quiz.own_enrollment_id ?? '',
    user_id: actor.userId,
    number: quiz.attempts_used + 1,
    questions: takeSnapshot(questions, seed, quiz.shuffle_questions),
    seed,
    passing_percent: quiz.passing_percent,
    max_score: cents / 100,
    started_at: now,
    expires_at: limit === null ? null : new Date(now.getTime() + limit * 1000),
  };
}
