import { setTimeout as sleep } from 'node:timers/promises';
import type { Claims, StoredJob } from './claims.ts';
import type { QueueName } from './definition.ts';
import { createSettler, type Outcome, type Settler } from './settler.ts';

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

type Queue = ConsumerOptions & {
  settler: Settler;
  held: Map<string, Held>;
  running: number;
  /** Whether a look may find something: there was word of a job, or the last look found as many as it asked for. */
  mayBeMore: boolean;
  looking: Promise<void> | undefined;
  isStopping: boolean;
};

// Three signs of life may be lost before the engine takes the worker for dead (`heartbeatSeconds` is 10).
const beatEveryMs = 2_500;
// Most jobs are over by then, and need no sign.
const firstBeatMs = 1_000;
// While the database cannot settle, no more is taken than this.
const mostHeld = 1_000;

/**
 * Takes jobs of one queue and runs `concurrency` of them at a time. One statement takes as many as there are free
 * slots, and one settles all that ended meanwhile; but each job starts, ends and is settled by itself, so a slow
 * one holds back none that was taken with it.
 */
export function startConsumer(options: ConsumerOptions): Consumer {
  const held = new Map<string, Held>();
  const settler = createSettler({ ...options, onSettled: (id) => void held.delete(id) });
  const queue: Queue = {
    ...options,
    settler,
    held,
    running: 0,
    mayBeMore: false,
    looking: undefined,
    isStopping: false,
  };
  const wake = () => {
    queue.mayBeMore = true;
    look(queue);
  };
  const beat = () => void keepAlive(queue).catch(options.onError);
  const timers = [setInterval(wake, options.lookEveryMs), setInterval(beat, beatEveryMs)];
  wake();
  return {
    wake,
    async stop(timeoutMs) {
      queue.isStopping = true;
      const end = performance.now() + timeoutMs;
      while ((queue.looking || held.size > 0) && performance.now() < end) await sleep(10);
      for (const one of held.values()) giveUp(queue, one, 'The worker stopped before the job had ended.');
      await settler.stop();
      for (const timer of timers) clearInterval(timer);
    },
  };
}

function look(queue: Queue): void {
  if (queue.isStopping) return;
  queue.looking ??= takeWhatThereIs(queue)
    .catch(queue.onError)
    .finally(() => {
      queue.looking = undefined;
      // A slot that became free, or a word that came, since the last condition was looked at.
      if (queue.mayBeMore && freeSlots(queue) > 0) look(queue);
    });
}

function freeSlots({ concurrency, running, held }: Queue): number {
  return Math.min(concurrency - running, mostHeld - held.size);
}

async function takeWhatThereIs(queue: Queue): Promise<void> {
  while (queue.mayBeMore && !queue.isStopping && freeSlots(queue) > 0) {
    queue.mayBeMore = false;
    const wanted = powerOfTwoIn(freeSlots(queue));
    const jobs = await queue.claims.take(queue.queue, wanted);
    if (jobs.length === wanted) queue.mayBeMore = true;
    for (const job of jobs) void start(queue, job);
    // Those that end at once leave their slots before the next look.
    await new Promise(setImmediate);
  }
}

async function start(queue: Queue, job: StoredJob): Promise<void> {
  const one: Held = { job, takenAt: performance.now(), abort: new AbortController(), isGivenUp: false };
  queue.held.set(job.id, one);
  queue.running += 1;
  const outcome = await queue.run(job, one.abort.signal);
  queue.running -= 1;
  if (!one.isGivenUp) queue.settler.add(outcome);
  if (queue.mayBeMore) look(queue);
}

// It may run on, and keeps its slot as long as it does; nobody waits for what it says.
function giveUp(queue: Queue, one: Held, message: string): void {
  if (one.isGivenUp) return;
  one.isGivenUp = true;
  queue.settler.add({ job: one.job, state: 'failed', message });
  one.abort.abort(new Error(message));
}

async function keepAlive(queue: Queue): Promise<void> {
  const now = performance.now();
  for (const one of queue.held.values()) {
    const { expireInSeconds } = one.job;
    if (now - one.takenAt > expireInSeconds * 1_000)
      giveUp(queue, one, `The job was still running after ${expireInSeconds} s.`);
  }
  const alive = [...queue.held.values()].filter((one) => !one.isGivenUp && now - one.takenAt >= firstBeatMs);
  if (alive.length === 0) return;
  const own = await queue.claims.refresh(
    queue.queue,
    alive.map(({ job }) => job),
  );
  for (const one of alive) {
    if (!own.has(one.job.id) && queue.held.has(one.job.id))
      one.abort.abort(new Error('The job is no longer this worker’s: another may be running it.'));
  }
}

// The number stands in the statement's text, and each text is prepared by itself.
function powerOfTwoIn(count: number): number {
  return 2 ** Math.floor(Math.log2(count));
}
