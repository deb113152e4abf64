import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { isOverdue } from '../deadline.ts';
import { lockAttempt, type AttemptRow, type AttemptWithAnswers } from '../queries/attempts.ts';
import { settleAttempt } from './settle-attempt.ts';

/** Submits the attempt in the name of the clock, if it is still open and its grace is over. Harmless twice. */
export function submitOverdue(deps: Deps, attemptId: string): Promise<void> {
  return inTransaction(deps.db, async (tx) => {
    const attempt = await lockAttempt(tx, { attemptId, actorId: null });
    if (attempt) await settleIfOverdue(deps, tx, attempt);
  });
}

/** The same for an attempt whose row the transaction holds. Returns it as it is then; undefined if it is not overdue. */
export async function settleIfOverdue(
  deps: Deps,
  tx: Tx,
  attempt: AttemptRow,
): Promise<AttemptWithAnswers | undefined> {
  const now = deps.clock.now();
  const { expires_at: expiresAt } = attempt;
  if (expiresAt === null || !isOverdue(attempt, now)) return undefined;
  // It ended when its time did, however late the clock's job comes by.
  return settleAttempt(deps, tx, attempt, { by: 'clock', submittedAt: expiresAt, actorId: null, now });
}
