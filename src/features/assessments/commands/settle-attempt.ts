import { recordLessonCompletion } from '#features/progress/commands/record-completion.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { fact, type EventDefinition, type NewEvent } from '#platform/events.ts';
import { gradeSubmission, type AttemptGrade } from '../attempt-grade.ts';
import { quizGraded, quizSubmitted } from '../events.ts';
import {
  listAnswers,
  saveGradeRows,
  updateAttempt,
  type AttemptRow,
  type AttemptWithAnswers,
} from '../queries/attempts.ts';

export type Settling = {
  by: 'learner' | 'clock';
  submittedAt: Date;
  /** null for the clock. */
  actorId: string | null;
  now: Date;
};

/**
 * Submits and grades an open attempt whose row the transaction holds: from what is stored, essays waiting for a
 * grader. Passing completes the lesson. Returns the attempt as it is then.
 */
export async function settleAttempt(
  deps: Deps,
  tx: Tx,
  attempt: AttemptRow,
  settling: Settling,
): Promise<AttemptWithAnswers> {
  const { by, submittedAt, actorId, now } = settling;
  const stored = await listAnswers(tx, attempt.id);
  const { answers, grade } = gradeSubmission(attempt.questions, stored, attempt.passing_percent);
  await saveGradeRows(tx, attempt.id, answers, { graderId: null, now });
  const isGraded = grade.status === 'graded';
  const change = { ...grade, submitted_at: submittedAt, submitted_by: by, graded_at: isGraded ? now : null };
  await updateAttempt(tx, attempt, change, now);
  await deps.events.publish(
    tx,
    factOf(quizSubmitted, attempt, actorId, submittedAt),
    ...(isGraded ? [factOf(quizGraded, attempt, actorId, now)] : []),
  );
  await completeIfPassed(deps, tx, attempt, grade, { actorId, now });
  return { ...attempt, ...change, answers };
}

/** A completion once reached is never taken away: a grade that no longer passes changes nothing here. */
export async function completeIfPassed(
  deps: Deps,
  tx: Tx,
  attempt: AttemptRow,
  grade: AttemptGrade,
  by: { actorId: string | null; now: Date },
): Promise<void> {
  if (grade.passed !== true) return;
  const { enrollment_id: enrollmentId, lesson_id: lessonId } = attempt;
  await recordLessonCompletion(deps, tx, { enrollmentId, lessonId, ...by });
}

export function factOf(
  definition: EventDefinition<typeof quizGraded.data>,
  attempt: AttemptRow,
  actorId: string | null,
  at: Date,
): NewEvent {
  return fact(definition, actorId, at, {
    userId: attempt.user_id,
    courseId: attempt.course_id,
    enrollmentId: attempt.enrollment_id,
    lessonId: attempt.lesson_id,
    quizId: attempt.quiz_id,
    attemptId: attempt.id,
  });
}
