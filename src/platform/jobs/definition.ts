import type { Static, TSchema } from 'typebox';

/** The queues of this program. Every worker takes `maintenance`, whatever `--queues` says. */
export const queueNames = ['emails', 'progress', 'certificates', 'webhooks', 'maintenance'] as const;
export type QueueName = (typeof queueNames)[number];

/**
 * What a job is, apart from what it does, so that the API can enqueue one without loading its work.
 * It runs at least once: written to be harmless twice.
 */
export type JobDefinition<Payload extends TSchema = TSchema> = {
  /** `feature.verb`. */
  name: string;
  queue: QueueName;
  payload: Payload;
  /** Tries after the first, with exponential back-off. */
  retryLimit: number;
  /** For a job that may take longer than the 15 minutes after which a job is taken for dead. */
  expireInSeconds?: number;
};

export type JobRun = {
  id: string;
  /** 1 for the first try. */
  attempt: number;
  isLastAttempt: boolean;
  /** Aborted when the worker stops before the job has ended. */
  signal: AbortSignal;
};

/** A definition with its work. `Deps` is what the work needs, handed over by the worker. */
export type Job<Deps, Payload extends TSchema = TSchema> = {
  definition: JobDefinition<Payload>;
  /** Throws to be tried again, throws `PermanentError` to fail at once. */
  run: (deps: Deps, payload: Static<Payload>, job: JobRun) => Promise<void>;
};

/** A failure that no further try can mend. */
export class PermanentError extends Error {
  override name = 'PermanentError';
}

export function defineJob<const Payload extends TSchema>(
  definition: Omit<JobDefinition<Payload>, 'retryLimit'> & { retryLimit?: number },
): JobDefinition<Payload> {
  return { retryLimit: 8, ...definition };
}

/** Keeps the payload's type together with the work that takes it; a list of jobs forgets it. */
export function job<Deps, const Payload extends TSchema>(
  definition: JobDefinition<Payload>,
  run: Job<Deps, Payload>['run'],
): Job<Deps> {
  return { definition, run: run as Job<Deps>['run'] };
}
