import { setTimeout as sleep } from 'node:timers/promises';
import { createSparseWarn, type SparseLog } from '#platform/sparse-log.ts';

type Unsettled = { work: () => Promise<void>; until: number };

const againMs = 500;
// Beyond them, as after a long outage, keys are free again when their lock has run out.
const mostUnsettled = 1_000;

/**
 * Takes what could not be written while the database was away and tries it again, one after the other, until it
 * succeeds, the key's lock has run out by itself, or `signal` is aborted.
 */
export function createSettling({
  log,
  lockMs,
  signal,
}: {
  log: SparseLog;
  lockMs: number;
  signal: AbortSignal;
}): (work: () => Promise<void>) => void {
  const warn = createSparseWarn();
  const queue: Unsettled[] = [];
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    while (queue.length > 0 && !signal.aborted) {
      await sleep(againMs, undefined, { ref: false });
      const error = await settleAll(queue);
      if (error !== undefined && !signal.aborted)
        warn(log, 'settle', { err: error }, 'answers of repeated requests wait for the database');
    }
    isRunning = false;
  };
  return (work) => {
    if (queue.length >= mostUnsettled) return;
    queue.push({ work, until: performance.now() + lockMs });
    if (!isRunning) void run();
  };
}

/** Stops at the first failure, returns it, and puts what failed behind the others. */
async function settleAll(queue: Unsettled[]): Promise<unknown> {
  for (let first = queue.shift(); first !== undefined; first = queue.shift()) {
    if (performance.now() > first.until) continue;
    try {
      await first.work();
    } catch (error) {
      queue.push(first);
      return error;
    }
  }
  return undefined;
}
