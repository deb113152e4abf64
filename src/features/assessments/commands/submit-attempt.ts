import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { parseAnswers } from '../answer-input.ts';
import { refusalOfAnswering, withdrawn } from '../policy.ts';
import {
  findAttempt,
  lockAttempt,
  saveAnswerRows,
  type AttemptRow,
  type AttemptWithAnswers,
} from '../queries/attempts.ts';
import { standingOf } from '../queries/standing.ts';
import type { AnswerInput } from '../schemas/attempts.ts';
import { settleAttempt } from './settle-attempt.ts';
import { settleIfOverdue } from './submit-overdue.ts';

/**
 * Ends an attempt and grades it. One that is over already, by submission or by the clock, is given as it is, and
 * `inputs` count no more. 400 for answers that do not fit, 403, 404, 409 `enrollment_withdrawn`.
 */
export async function submitAttempt(
  deps: Deps,
  actor: Actor,
  attemptId: string,
  inputs: readonly AnswerInput[],
): Promise<AttemptWithAnswers> {
  const submitted = await inTransaction(deps.db, async (tx) => {
    const attempt = await lockAttempt(tx, { attemptId, actorId: actor.userId });
    if (!attempt) throw notFound('Attempt');
    const refusal = refusalOfAnswering(actor, standingOf(attempt), attempt.user_id);
    if (refusal) throw refusal;
    if (attempt.status === 'inProgress') {
      return (await settleIfOverdue(deps, tx, attempt)) ?? submit(deps, tx, actor, attempt, inputs);
    }
    const earlier = await findAttempt(tx, { attemptId, actorId: actor.userId });
    if (!earlier) throw notFound('Attempt');
    return earlier;
  });
  deps.signals.tell('news', [actor.userId]);
  return submitted;
}

async function submit(
  deps: Deps,
  tx: Tx,
  actor: Actor,
  attempt: AttemptRow,
  inputs: readonly AnswerInput[],
): Promise<AttemptWithAnswers> {
  if (attempt.enrollment_status === 'withdrawn') throw withdrawn();
  const now = deps.clock.now();
  await saveAnswerRows(tx, attempt.id, parseAnswers(attempt.questions, inputs), now);
  return settleAttempt(deps, tx, attempt, { by: 'learner', submittedAt: now, actorId: actor.userId, now });
}
