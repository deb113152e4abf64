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
export function createSettler(options: SettlerOptions): Settler {
  const state = { waiting: [] as Outcome[], isStopping: false };
  let settling: Promise<void> | undefined;

  const settleAll = async () => {
    // The others that end in the same moment.
    await new Promise(setImmediate);
    while (state.waiting.length > 0) {
      const left = await settle(options, state.waiting.splice(0));
      if (left.length === 0) continue;
      if (state.isStopping) return;
      state.waiting.push(...left);
      await sleep(retryMs);
    }
  };
  const begin = () => {
    settling ??= settleAll().finally(() => {
      settling = undefined;
      // What was added since the last condition was looked at.
      if (state.waiting.length > 0 && !state.isStopping) begin();
    });
  };
  return {
    add(outcome) {
      state.waiting.push(outcome);
      begin();
    },
    async stop() {
      state.isStopping = true;
      await settling;
      if (state.waiting.length > 0) begin();
      await settling;
    },
  };
}

/** Answers those that could not be settled. */
async function settle(
  { queue, claims, onError, onSettled }: SettlerOptions,
  batch: readonly Outcome[],
): Promise<Outcome[]> {
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
  const completedJobs = completed.map(({ job }) => job);
  if (completed.length > 0) await attempt(completed, () => claims.complete(queue, completedJobs));
  for (const failed of batch.filter(({ state }) => state !== 'completed')) {
    const { job, state, message = '' } = failed;
    await attempt([failed], () => claims.fail(queue, job, message, state === 'failed for good'));
  }
  return left;
}
