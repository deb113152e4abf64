import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { lockStatistics, mendStatistics } from '../queries/statistics.ts';

// Courses counted at a time: enrolling in one of them waits for as long as counting them takes.
const batchSize = 50;

/**
 * Counts every course's statistics anew from the rows, two statements a batch, and mends and logs what differs. They
 * move with each change, so a difference is a fault of ours. Returns how many courses it mended.
 */
export async function rollUpStatistics(deps: Deps): Promise<number> {
  let mendedCount = 0;
  for (let after: string | null = null; ;) {
    const batch = await inTransaction(deps.db, async (tx) => {
      const courseIds = await lockStatistics(tx, after, batchSize);
      return { courseIds, mended: courseIds.length === 0 ? [] : await mendStatistics(tx, courseIds) };
    });
    for (const difference of batch.mended)
      deps.log.warn(difference, 'mended the statistics of a course that differed from its rows');
    mendedCount += batch.mended.length;
    if (batch.courseIds.length < batchSize) return mendedCount;
    after = batch.courseIds.at(-1) ?? null;
  }
}
