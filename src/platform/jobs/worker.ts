import { setTimeout as sleep } from 'node:timers/promises';
import { createAjv } from '#platform/http/validation.ts';
import type { Logger } from '#platform/log.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import { startConsumer, type Consumer } from './consumer.ts';
import { queueNames, type Job, type QueueName } from './definition.ts';
import type { JobEngine } from './jobs.ts';
import { runJob, type JobMetrics, type JobTracing, type RunOptions } from './run-job.ts';

export type WorkerOptions<Deps> = {
  queues: readonly QueueName[];
  /** Jobs of one queue at a time in this process. */
  concurrency: number;
  /** How often a queue is looked at unasked: for retries that have come due, and messages that were lost. */
  lookEveryMs?: number;
  jobs: readonly Job<Deps>[];
  deps: Deps;
  log: Logger;
  metrics: JobMetrics;
  tracing?: JobTracing<Deps> | undefined;
};

const sameFailureMs = 60_000;
const listenAgainMs = 5_000;

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
 * Takes jobs of the queues, and always of `maintenance`, until the engine stops. Each queue has `concurrency` slots
 * of its own.
 */
export function startWorker<Deps>(engine: JobEngine, options: WorkerOptions<Deps>): void {
  const { claims, onError } = engine;
  const run: RunOptions<Deps> = {
    jobs: new Map(options.jobs.map((job) => [job.definition.name, job])),
    deps: options.deps,
    log: options.log,
    warn: createSparseWarn(sameFailureMs),
    metrics: options.metrics,
    tracing: options.tracing,
    // The validator that is loaded for requests anyway; TypeBox's own would add a sixth to the time of a start.
    ajv: createAjv(false),
  };
  const queues = queueNames.filter((name) => name === 'maintenance' || options.queues.includes(name));
  countFromZero(options, queues);
  const consumers = new Map<string, Consumer>(
    queues.map((queue) => [
      queue,
      startConsumer({
        queue,
        concurrency: options.concurrency,
        lookEveryMs: options.lookEveryMs ?? 2_000,
        claims,
        run: (stored, signal) => runJob(stored, signal, run),
        onError,
      }),
    ]),
  );
  const ear = listen(engine, consumers);
  engine.beforeStop(async (timeoutMs) => {
    await Promise.all([ear.close(), ...[...consumers.values()].map((each) => each.stop(timeoutMs))]);
  });
}

// Otherwise the first failure of a job would be no increase.
function countFromZero<Deps>({ jobs, metrics }: WorkerOptions<Deps>, queues: readonly QueueName[]): void {
  for (const { definition } of jobs) {
    const { queue, name } = definition;
    if (!queues.includes(queue)) continue;
    for (const outcome of ['completed', 'retried', 'failed'])
      metrics.runs.inc({ queue, job_name: name, outcome }, 0);
  }
}

/** Wakes each queue's consumer when a job is added. While it cannot listen, consumers look by themselves. */
function listen({ claims, onError }: JobEngine, consumers: ReadonlyMap<string, Consumer>) {
  const closing = new AbortController();
  const { signal } = closing;
  const wakeAll = () => {
    for (const consumer of consumers.values()) consumer.wake();
  };
  const listening = (async () => {
    while (!signal.aborted) {
      try {
        return await claims.listen((queue) => consumers.get(queue)?.wake(), wakeAll);
      } catch (error) {
        onError(error);
        await sleep(listenAgainMs, undefined, { signal }).catch(() => {});
      }
    }
    return undefined;
  })();
  return {
    async close() {
      closing.abort();
      await (await listening)?.close();
    },
  };
}
