import { changed } from '#platform/audit/audit.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { parseGrades } from '../answer-input.ts';
import { sumUp, type AttemptGrade, type StoredAnswer } from '../attempt-grade.ts';
import { quizGraded } from '../events.ts';
import { refusalOfGrading } from '../policy.ts';
import {
  findAttempt,
  lockAttempt,
  saveGradeRows,
  updateAttempt,
  type AttemptWithAnswers,
} from '../queries/attempts.ts';
import { standingOf } from '../queries/standing.ts';
import type { GradesInput } from '../schemas/attempts.ts';
import { completeIfPassed, factOf } from './settle-attempt.ts';
import { settleIfOverdue } from './submit-overdue.ts';

/**
 * Grades questions of a submitted attempt, any type and again; the others keep theirs. The attempt is graded once no
 * question waits, and then passing completes the lesson. 400, 403, 404, 409 `attempt_not_submitted`.
 */
export function gradeAttempt(
  deps: Deps,
  actor: Actor,
  attemptId: string,
  grades: GradesInput,
): Promise<AttemptWithAnswers> {
  const of = { attemptId, actorId: actor.userId };
  return inTransaction(deps.db, async (tx) => {
    const locked = await lockAttempt(tx, of);
    if (!locked) throw notFound('Attempt');
    const refusal = refusalOfGrading(actor, standingOf(locked), locked.user_id);
    if (refusal) throw refusal;
    const attempt = (await settleIfOverdue(deps, tx, locked)) ?? (await findAttempt(tx, of));
    if (!attempt) throw notFound('Attempt');
    if (attempt.status === 'inProgress') {
      throw conflict('attempt_not_submitted', 'The learner has not submitted this attempt yet.');
    }
    return applyGrades(deps, tx, actor, attempt, parseGrades(attempt.questions, attempt.answers, grades));
  });
}

async function applyGrades(
  deps: Deps,
  tx: Tx,
  actor: Actor,
  attempt: AttemptWithAnswers,
  graded: readonly StoredAnswer[],
): Promise<AttemptWithAnswers> {
  const now = deps.clock.now();
  const named = new Map(graded.map((answer) => [answer.questionId, answer]));
  const answers = attempt.answers.map((answer) => named.get(answer.questionId) ?? answer);
  const grade = sumUp(attempt.questions, answers, attempt.passing_percent);
  await saveGradeRows(tx, attempt.id, graded, { graderId: actor.userId, now });
  const hasNewGrade =
    grade.status === 'graded' && (attempt.status !== 'graded' || grade.score !== attempt.score);
  const gradedAt = hasNewGrade ? now : attempt.graded_at;
  await updateAttempt(tx, attempt, { ...grade, graded_at: gradedAt }, now);
  if (hasNewGrade) await deps.events.publish(tx, factOf(quizGraded, attempt, actor.userId, now));
  await completeIfPassed(deps, tx, attempt, grade, { actorId: actor.userId, now });
  await recordGrades(deps, tx, attempt, { grade, answers });
  return { ...attempt, ...grade, graded_at: gradedAt, answers };
}

/** Scores and points as they were and are; what was written to the learner stands with the attempt. */
async function recordGrades(
  { audit }: Deps,
  tx: Tx,
  attempt: AttemptWithAnswers,
  now: { grade: AttemptGrade; answers: readonly StoredAnswer[] },
): Promise<void> {
  const pointsOf = (answers: readonly StoredAnswer[]) =>
    Object.fromEntries(answers.map(({ questionId, points }) => [questionId, points]));
  const before = { status: attempt.status, score: attempt.score, passed: attempt.passed };
  const after = { status: now.grade.status, score: now.grade.score, passed: now.grade.passed };
  const change = changed({ ...before, ...pointsOf(attempt.answers) }, { ...after, ...pointsOf(now.answers) });
  if (!change) return;
  const { id: targetId, user_id: personId, course_id: courseId } = attempt;
  await audit.record(tx, { action: 'grade.changed', targetId, personId, courseId, ...change });
}
