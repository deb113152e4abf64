import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound, type AppError } from '#platform/errors.ts';
import { parseAnswers } from '../answer-input.ts';
import type { StoredAnswer } from '../attempt-grade.ts';
import { isOverdue } from '../deadline.ts';
import { refusalOfAnswering, withdrawn } from '../policy.ts';
import { listAnswers, lockAttempt, saveAnswerRows, type AttemptRow } from '../queries/attempts.ts';
import { standingOf } from '../queries/standing.ts';
import type { AnswerInput } from '../schemas/attempts.ts';

/**
 * Merges answers into an open attempt, by question. 400 for answers that do not fit, 403, 404, 409
 * `attempt_closed` after the submission or the grace, 409 `enrollment_withdrawn`.
 */
export function saveAnswers(
  deps: Deps,
  actor: Actor,
  attemptId: string,
  inputs: readonly AnswerInput[],
): Promise<{ attempt: AttemptRow; answers: StoredAnswer[] }> {
  return inTransaction(deps.db, async (tx) => {
    const attempt = await lockAttempt(tx, { attemptId, actorId: actor.userId });
    if (!attempt) throw notFound('Attempt');
    const refusal = refusalOfAnswering(actor, standingOf(attempt), attempt.user_id);
    if (refusal) throw refusal;
    const now = deps.clock.now();
    if (attempt.status !== 'inProgress' || isOverdue(attempt, now)) throw closed();
    if (attempt.enrollment_status === 'withdrawn') throw withdrawn();
    await saveAnswerRows(tx, attemptId, parseAnswers(attempt.questions, inputs), now);
    return { attempt, answers: await listAnswers(tx, attemptId) };
  });
}

function closed(): AppError {
  return conflict('attempt_closed', 'This attempt was submitted or its time is over.');
}
