import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { checkAgain, checkNext, insertCheck, type CheckResult, type Difference } from '../queries/checks.ts';

// Shown one by one, in the log and in the stored result; beyond them the count says how bad it is.
const shownCount = 100;
// Looked at twice. More than this is no matter of a job that had not yet run.
const maxDoubted = 10_000;

/**
 * Counts the progress of every enrollment anew, a statement a batch, and reports each difference: a warning in the log
 * and a row of `progress_check`. It mends nothing, since a difference is a fault of ours that somebody should see. What
 * differs is looked at again at the end: a changed lesson's re-evaluation may have been on its way.
 */
export async function checkProgress(deps: Deps, batchSize = 2_000): Promise<CheckResult> {
  const startedAt = deps.clock.now();
  const doubted: Difference[] = [];
  let enrollmentCount = 0;
  for (let after: string | null = null; ;) {
    const batch = await checkNext(deps.db, after, batchSize);
    enrollmentCount += batch.count;
    doubted.push(...batch.differences);
    if (batch.count < batchSize) break;
    after = batch.last;
  }
  const differences = doubted.length > maxDoubted ? doubted : await lookAgain(deps, doubted);
  const result = {
    id: newId(),
    startedAt,
    finishedAt: deps.clock.now(),
    enrollmentCount,
    differenceCount: differences.length,
    differences: differences.slice(0, shownCount),
  };
  await insertCheck(deps.db, result);
  for (const difference of result.differences)
    deps.log.warn(difference, 'progress that differs from its rows');
  return result;
}

async function lookAgain(deps: Deps, doubted: readonly Difference[]): Promise<Difference[]> {
  if (doubted.length === 0) return [];
  const ids = [...new Set(doubted.map(({ enrollmentId }) => enrollmentId))];
  return (await checkAgain(deps.db, ids)).differences;
}
