import type { Ajv } from 'ajv';
import type { Counter, Histogram } from 'prom-client';
import { KnownError } from '#platform/known-error.ts';
import { describeError, type Logger } from '#platform/log.ts';
import type { SparseWarn } from '#platform/sparse-log.ts';
import type { Span, Traceparent, Tracer } from '#platform/trace/tracer.ts';
import type { StoredJob } from './claims.ts';
import { PermanentError, type Job, type JobRun } from './definition.ts';
import type { Outcome } from './settler.ts';

export type JobMetrics = {
  runs: Counter<'queue' | 'job_name' | 'outcome'>;
  seconds: Histogram<'queue' | 'job_name'>;
};

/** Jobs continue the trace of what enqueued them; `under` gives the work what continues the job's. */
export type JobTracing<Deps> = { tracer: Tracer; under: (deps: Deps, trace: Traceparent) => Deps };

export type RunOptions<Deps> = {
  jobs: ReadonlyMap<string, Job<Deps>>;
  deps: Deps;
  log: Logger;
  /** For what fails by the same known reason again and again, as every mail does while the mail server is away. */
  warn: SparseWarn;
  metrics: JobMetrics;
  tracing?: JobTracing<Deps> | undefined;
  ajv: Ajv;
};

/** Runs one job, counts and logs it. Never rejects. */
export async function runJob<Deps>(
  stored: StoredJob,
  signal: AbortSignal,
  options: RunOptions<Deps>,
): Promise<Outcome> {
  const { job: name, payload } = stored.data;
  const { jobs, metrics } = options;
  // Prometheus itself gives the label `job` to what it scrapes.
  const labels = { queue: stored.name, job_name: jobs.has(name) ? name : 'unknown' };
  const startedAt = performance.now();
  const run = runOf(stored, signal);
  const span = options.tracing?.tracer.start(
    'consumer',
    `process ${labels.job_name}`,
    stored.data.traceparent,
  );
  const failure = await attempt(jobs.get(name), payload, run, underSpan(options, span));
  endSpan(span, stored, run, failure);
  const durationMs = performance.now() - startedAt;
  metrics.seconds.observe(labels, durationMs / 1_000);
  const line = {
    jobId: stored.id,
    job: name,
    queue: stored.name,
    attempt: run.attempt,
    durationMs: Math.round(durationMs),
  };
  if (failure === undefined) {
    metrics.runs.inc({ ...labels, outcome: 'completed' });
    // Counted by the metrics; a line each would bury what needs a person.
    options.log.debug(line, 'job completed');
    return { job: stored, state: 'completed' };
  }
  const isFinal = failure.isPermanent || run.isLastAttempt;
  metrics.runs.inc({ ...labels, outcome: isFinal ? 'failed' : 'retried' });
  const { error } = failure;
  const fields = { ...line, err: error };
  if (isFinal) options.log.error(fields, 'job failed for good');
  else if (error instanceof KnownError) options.warn(options.log, `${name} ${error.code}`, fields, retried);
  else options.log.warn(fields, retried);
  const { message } = describeError(error);
  return { job: stored, state: isFinal ? 'failed for good' : 'failed', message };
}

function underSpan<Deps>(options: RunOptions<Deps>, span: Span | undefined): RunOptions<Deps> {
  const { tracing, deps } = options;
  return tracing && span ? { ...options, deps: tracing.under(deps, span.traceparent) } : options;
}

function endSpan(
  span: Span | undefined,
  { name: queue }: StoredJob,
  { id, attempt }: JobRun,
  failure: { error: unknown } | undefined,
): void {
  if (failure) span?.note(failure.error);
  span?.end(
    {
      'messaging.system': 'pg-boss',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': queue,
      'messaging.message.id': id,
      'lms.attempt': attempt,
    },
    failure && describeError(failure.error).type,
  );
}

const retried = 'job failed, it will be tried again';

async function attempt<Deps>(
  job: Job<Deps> | undefined,
  payload: unknown,
  run: JobRun,
  { deps, ajv }: RunOptions<Deps>,
): Promise<{ error: unknown; isPermanent: boolean } | undefined> {
  try {
    if (!job)
      throw new PermanentError('This program has no handler for the job. Is a newer one enqueuing it?');
    if (!ajv.validate(job.definition.payload, payload))
      throw new PermanentError('The payload does not match the schema of the job.');
    await job.run(deps, payload, run);
    return undefined;
  } catch (error) {
    return {
      error: error ?? new Error('The job threw nothing.'),
      isPermanent: error instanceof PermanentError,
    };
  }
}

function runOf(stored: StoredJob, signal: AbortSignal): JobRun {
  return {
    id: stored.id,
    attempt: stored.retryCount + 1,
    isLastAttempt: stored.retryCount >= stored.retryLimit,
    signal,
  };
}
