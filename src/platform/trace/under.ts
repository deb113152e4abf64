import type { Deps } from '#platform/deps.ts';
import type { JobTracing } from '#platform/jobs/run-job.ts';
import type { Traceparent } from './tracer.ts';

/** The same dependencies for work that is part of a trace: what it publishes and enqueues continues it. */
export function under(deps: Deps, trace: Traceparent): Deps {
  const { jobs, events } = deps;
  return {
    ...deps,
    trace,
    jobs: {
      ...jobs,
      enqueueAll: (tx, added) =>
        jobs.enqueueAll(
          tx,
          added.map((each) => ({ ...each, trace })),
        ),
      enqueue: (tx, definition, payload, options) =>
        jobs.enqueueAll(tx, [{ definition, payload, trace, ...(options && { options }) }]),
    },
    events: {
      ...events,
      publish: (tx, ...facts) => events.publish(tx, ...facts.map((each) => ({ ...each, trace }))),
    },
  };
}

/** What a worker needs so that its jobs continue the traces they came from; undefined where nothing is traced. */
export function jobTracingOf({ tracer }: Deps): JobTracing<Deps> | undefined {
  return tracer ? { tracer, under } : undefined;
}
