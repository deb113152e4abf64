import type { Ajv } from 'ajv';
import type { Counter, Histogram } from 'prom-client';
import { createAjv } from '#platform/http/validation.ts';
import { describeError, type Logger } from '#platform/log.ts';
import { PermanentError, queueNames, type Job, type JobRun, type QueueName } from './definition.ts';
import type { Envelope, JobEngine, StoredJob } from './jobs.ts';

export type JobMetrics = { runs: Counter<'queue' | 'job' | 'outcome'>; seconds: Histogram<'queue' | 'job'> };
export type WorkerOptions<Deps> = {
  queues: readonly QueueName[];
  /** Jobs of one queue at a time in this process. */
  concurrency: number;
  jobs: readonly Job<Deps>[];
  deps: Deps;
  log: Logger;
  metrics: JobMetrics;
};
type Outcome = { id: string; status: 'completed' | 'failed' | 'deadletter'; output?: object };

/** Throws where a job is listed twice, or belongs to a queue that no default worker takes. */
export function checkJobs(jobs: readonly Job<never>[], expected: readonly string[]): void {
  const names = jobs.map((job) => job.definition.name);
  const doubled = names.filter((name, index) => names.indexOf(name) !== index);
  const missing = expected.filter((name) => !names.includes(name));
  const homeless = jobs
    .filter((job) => !queueNames.includes(job.definition.queue))
    .map((job) => job.definition.name);
  const reasons = [
    ...doubled.map((name) => `job ${name} has two handlers`),
    ...missing.map((name) => `job ${name} has no handler`),
    ...homeless.map((name) => `job ${name} belongs to a queue that no worker takes`),
  ];
  if (reasons.length > 0) throw new Error(`The list of jobs is wrong: ${reasons.join('; ')}.`);
}

/**
 * Takes jobs of the queues, and always of `maintenance`, until the engine stops. Each queue has
 * `concurrency` slots of its own, and each slot takes one job at a time and settles it alone: a slow job
 * holds back none of the others, as it would in a batch.
 */
export async function startWorker<Deps>(engine: JobEngine, options: WorkerOptions<Deps>): Promise<void> {
  const byName = new Map(options.jobs.map((job) => [job.definition.name, job]));
  // The validator that is loaded for requests anyway; TypeBox's own would add a sixth to the time of a start.
  const ajv = createAjv(false);
  const queues = queueNames.filter((name) => name === 'maintenance' || options.queues.includes(name));
  for (const queue of queues)
    await openSlots(engine, queue, options.concurrency, (stored) => runOne(byName, stored, options, ajv));
}

// NOTIFY wakes every slot. Without one (a retry that has come due, a lost connection) the first slot looks
// every few seconds, and a slot that finds a job wakes the next: an idle queue costs one look, not many.
async function openSlots(
  engine: JobEngine,
  queue: QueueName,
  count: number,
  run: (stored: StoredJob) => Promise<Outcome>,
): Promise<void> {
  const slots: string[] = [];
  const wake = (index: number) => {
    const slot = slots[index % count];
    if (slot !== undefined) engine.boss.notifyWorker(slot);
  };
  for (let index = 0; index < count; index += 1) {
    const settings = {
      includeMetadata: true,
      perJobResults: true,
      batchSize: 1,
      pollingIntervalSeconds: 2,
      notifyPollingIntervalSeconds: index === 0 ? 5 : 20,
    } as const;
    slots[index] = await engine.boss.work<Envelope, Outcome[], typeof settings>(
      queue,
      settings,
      async (jobs) => {
        wake(index + 1);
        const outcomes = await Promise.all(jobs.map(run));
        // Looks again at once when this one is settled, instead of waiting for the next interval.
        wake(index);
        return outcomes;
      },
    );
  }
}

async function runOne<Deps>(
  byName: Map<string, Job<Deps>>,
  stored: StoredJob,
  options: WorkerOptions<Deps>,
  ajv: Ajv,
): Promise<Outcome> {
  const { job: name, payload } = stored.data;
  const labels = { queue: stored.name, job: byName.has(name) ? name : 'unknown' };
  const log = options.log.child({
    jobId: stored.id,
    job: name,
    queue: stored.name,
    attempt: stored.retryCount + 1,
  });
  const stopTimer = options.metrics.seconds.startTimer(labels);
  const startedAt = performance.now();
  const outcome = await settle(byName.get(name), payload, runOf(stored), options.deps, ajv);
  stopTimer();
  const durationMs = Math.round(performance.now() - startedAt);
  if (outcome.error === undefined) {
    options.metrics.runs.inc({ ...labels, outcome: 'completed' });
    // Counted by the metrics; a line each would bury what needs a person.
    log.debug({ durationMs }, 'job completed');
    return { id: stored.id, status: 'completed' };
  }
  const isFinal = outcome.isPermanent || stored.retryCount >= stored.retryLimit;
  options.metrics.runs.inc({ ...labels, outcome: isFinal ? 'failed' : 'retried' });
  log[isFinal ? 'error' : 'warn'](
    { err: outcome.error, durationMs },
    isFinal ? 'job failed for good' : 'job failed, it will be tried again',
  );
  return {
    id: stored.id,
    status: isFinal ? 'deadletter' : 'failed',
    output: { message: describeError(outcome.error).message },
  };
}

async function settle<Deps>(
  job: Job<Deps> | undefined,
  payload: unknown,
  run: JobRun,
  deps: Deps,
  ajv: Ajv,
): Promise<{ error?: unknown; isPermanent?: boolean }> {
  try {
    if (!job)
      throw new PermanentError('This program has no handler for the job. Is a newer one enqueuing it?');
    if (!ajv.validate(job.definition.payload, payload))
      throw new PermanentError('The payload does not match the schema of the job.');
    await job.run(deps, payload, run);
    return {};
  } catch (error) {
    return {
      error: error ?? new Error('The job threw nothing.'),
      isPermanent: error instanceof PermanentError,
    };
  }
}

function runOf(stored: StoredJob): JobRun {
  return {
    id: stored.id,
    attempt: stored.retryCount + 1,
    isLastAttempt: stored.retryCount >= stored.retryLimit,
    signal: stored.signal,
  };
}
