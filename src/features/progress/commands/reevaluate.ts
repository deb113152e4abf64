import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { enrollmentCompleted } from '../events.ts';
import { lockIncomplete, lockIncompleteOf, recount, type BatchEnd } from '../queries/reevaluation.ts';

/**
 * Counts every incomplete enrollment of a course anew after its lessons changed, a transaction a batch, and completes
 * those that now miss nothing. Harmless twice. Returns how many it completed. `batchSize` rows are locked at a time:
 * learners of the course wait at most for that many.
 */
export async function reevaluateCourse(deps: Deps, courseId: string, batchSize = 500): Promise<number> {
  let completedCount = 0;
  for (let after: BatchEnd | null = null; ;) {
    const batch = await inTransaction(deps.db, async (tx) => {
      const candidates = await lockIncompleteOf(tx, courseId, after, batchSize);
      const count = await recountBatch(deps, tx, courseId, candidates);
      return { last: candidates.length === batchSize ? candidates.at(-1) : undefined, count };
    });
    completedCount += batch.count;
    if (!batch.last) return completedCount;
    after = { createdAt: batch.last.created_at, id: batch.last.id };
  }
}

/** The same for one enrollment, as after it was resumed. */
export async function reevaluateEnrollment(deps: Deps, enrollmentId: string): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const enrollment = await lockIncomplete(tx, enrollmentId);
    if (enrollment) await recountBatch(deps, tx, enrollment.courseId, [enrollment]);
  });
}

async function recountBatch(
  deps: Deps,
  tx: Tx,
  courseId: string,
  enrollments: readonly { id: string }[],
): Promise<number> {
  if (enrollments.length === 0) return 0;
  const now = deps.clock.now();
  const ids = enrollments.map(({ id }) => id);
  const completed = (await recount(tx, courseId, ids, now)).filter(({ completes }) => completes);
  const facts = completed.map(({ id, userId }) =>
    fact(enrollmentCompleted, null, now, { userId, courseId, enrollmentId: id }),
  );
  await deps.events.publish(tx, ...facts);
  return completed.length;
}
