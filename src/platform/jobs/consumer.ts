import { setTimeout as sleep } from 'node:timers/promises';
import type { Claims, StoredJob } from './claims.ts';
import type { QueueName } from './definition.ts';
import { createSettler, type Outcome } from './settler.ts';

export type ConsumerOptions = {
  queue: QueueName;
  /** Jobs at a time. */
  concurrency: number;
  /** How often it looks unasked. */
  lookEveryMs: number;
  claims: Claims;
  /** Never rejects. */
  run: (job: StoredJob, signal: AbortSignal) => Promise<Outcome>;
  onError: (error: unknown) => void;
};

export type Consumer = {
  /** Looks for jobs now, or as soon as a slot is free. */
  wake(): void;
  /** Takes no more, and ends the jobs in hand; those that have not ended after so long are left to be redone. */
  stop(timeoutMs: number): Promise<void>;
};

/** A job that this process has taken and not yet settled. */
type Held = { job: StoredJob; takenAt: number; abort: AbortController; isGivenUp: boolean };

// Three signs of life may be lost before the engine takes the worker for dead (`heartbeatSeconds` is 10).
const beatEveryMs = 2_500;
// While the database cannot settle, no more is taken than this.
const mostHeld = 1_000;

/**
 * Takes jobs of one queue and runs `concurrency` of them at a time. One statement takes as many as there are free
 * slots, and one settles all that ended meanwhile; but each job starts, ends and is settled by itself, so a slow
 * one holds back none that was taken with it.
 */
export function startConsumer(options: ConsumerOptions): Consumer {
  const { queue, claims, concurrency, onError } = options;
  const held = new Map<string, Held>();
  let running = 0;
  let mayBeMore = true;
  let isStopping = false;
  let looking: Promise<void> | undefined;
  const settler = createSettler({ queue, claims, onError, onSettled: (id) => void held.delete(id) });

  const free = () => Math.min(concurrency - running, mostHeld - held.size);
  const look = async () => {
    while (mayBeMore && !isStopping && free() > 0) {
      mayBeMore = false;
      const wanted = powerOfTwoIn(free());
      const jobs = await claims.take(queue, wanted);
      if (jobs.length === wanted) mayBeMore = true;
      for (const job of jobs) void start(job);
      // Those that end at once leave their slots before the next look.
      await new Promise(setImmediate);
    }
  };
  const wake = () => {
    mayBeMore = true;
    lookOnce();
  };
  const lookOnce = () => {
    if (isStopping) return;
    looking ??= look()
      .catch(onError)
      .finally(() => (looking = undefined));
  };
  const start = async (job: StoredJob) => {
    const one: Held = { job, takenAt: performance.now(), abort: new AbortController(), isGivenUp: false };
    held.set(job.id, one);
    running += 1;
    const outcome = await options.run(job, one.abort.signal);
    running -= 1;
    if (!one.isGivenUp) settler.add(outcome);
    if (mayBeMore) lookOnce();
  };
  const giveUp = (one: Held, message: string) => {
    one.isGivenUp = true;
    settler.add({ job: one.job, state: 'failed', message });
    one.abort.abort(new Error(message));
  };
  const beat = () => keepAlive(options, held, giveUp);

  const timers = [setInterval(wake, options.lookEveryMs), setInterval(() => void beat().catch(onError), beatEveryMs)];
  wake();
  return {
    wake,
    async stop(timeoutMs) {
      isStopping = true;
      const end = performance.now() + timeoutMs;
      const isBusy = () => looking !== undefined || held.size > 0;
      while (isBusy() && performance.now() < end) await sleep(10);
      for (const one of held.values())
        if (!one.isGivenUp) giveUp(one, 'The worker stopped before the job had ended.');
      await settler.stop();
      for (const timer of timers) clearInterval(timer);
    },
  };
}

async function keepAlive(
  { queue, claims }: ConsumerOptions,
  held: ReadonlyMap<string, Held>,
  giveUp: (one: Held, message: string) => void,
): Promise<void> {
  const now = performance.now();
  const old = [...held.values()].filter((one) => !one.isGivenUp && now - one.takenAt >= beatEveryMs);
  for (const one of old) {
    const limit = one.job.expireInSeconds;
    if (now - one.takenAt > limit * 1_000) giveUp(one, `The job was still running after ${limit} s.`);
  }
  const alive = old.filter((one) => !one.isGivenUp);
  if (alive.length === 0) return;
  const own = await claims.refresh(
    queue,
    alive.map(({ job }) => job),
  );
  for (const one of alive) {
    if (own.has(one.job.id) || !held.has(one.job.id)) continue;
    one.abort.abort(new Error('The job is no longer this worker’s: another may be running it.'));
  }
}

// The number stands in the statement's text, and each text is prepared by itself.
function powerOfTwoIn(count: number): number {
  return 2 ** Math.floor(Math.log2(count));
}
