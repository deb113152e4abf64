import { setTimeout as sleep } from 'node:timers/promises';
import type { Claims, StoredJob } from './claims.ts';
import type { QueueName } from './definition.ts';

export type Outcome = {
  job: StoredJob;
  /** `failed` is tried again where tries are left. */
  state: 'completed' | 'failed' | 'failed for good';
  message?: string;
};

export type Settler = {
  /** Settles it soon, together with what else has ended by then. */
  add(outcome: Outcome): void;
  /** Settles what is left, trying once. */
  stop(): Promise<void>;
};

export type SettlerOptions = {
  queue: QueueName;
  claims: Claims;
  onError: (error: unknown) => void;
  /** Called with the id of a job when there is nothing more to be done about it. */
  onSettled: (id: string) => void;
};

const retryMs = 500;

/**
 * Writes down how jobs ended. While one statement is under way the next outcomes gather, so that a busy queue costs
 * few statements, and a quiet one no wait. What the database does not take is tried until it does.
 */
export function createSettler({ queue, claims, onError, onSettled }: SettlerOptions): Settler {
  let waiting: Outcome[] = [];
  let settling: Promise<void> | undefined;
  let isStopping = false;

  const settleAll = async () => {
    // The others that end in the same moment.
    await new Promise(setImmediate);
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const left = await settle(batch);
      if (left.length === 0) continue;
      if (isStopping) return;
      waiting = [...left, ...waiting];
      await sleep(retryMs);
    }
  };
  /** Answers those that could not be settled. */
  const settle = async (batch: readonly Outcome[]): Promise<Outcome[]> => {
    const left: Outcome[] = [];
    const attempt = async (outcomes: readonly Outcome[], write: () => Promise<void>) => {
      try {
        await write();
        for (const { job } of outcomes) onSettled(job.id);
      } catch (error) {
        onError(error);
        left.push(...outcomes);
      }
    };
    const completed = batch.filter(({ state }) => state === 'completed');
    if (completed.length > 0)
      await attempt(completed, () =>
        claims.complete(
          queue,
          completed.map(({ job }) => job),
        ),
      );
    for (const failed of batch.filter(({ state }) => state !== 'completed')) {
      const { job, state, message = '' } = failed;
      await attempt([failed], () => claims.fail(queue, job, message, state === 'failed for good'));
    }
    return left;
  };
  const begin = () => {
    settling ??= settleAll().finally(() => (settling = undefined));
  };
  return {
    add(outcome) {
      waiting.push(outcome);
      begin();
    },
    async stop() {
      isStopping = true;
      if (waiting.length > 0) begin();
      await settling;
    },
  };
}
