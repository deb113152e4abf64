import { setTimeout as sleep } from 'node:timers/promises';
import { startDispatcher, type Dispatcher } from '#features/webhooks/dispatcher.ts';
import { checkJobs, startWorker } from '#platform/jobs/worker.ts';
import type { QueueName } from '#platform/jobs/definition.ts';
import type { App } from '#platform/http/types.ts';
import { openTracer } from '#platform/trace/tracer.ts';
import { jobTracingOf } from '#platform/trace/under.ts';
import { openDeps, type OpenDeps, type OpenOptions, type RoleName } from './deps.ts';
import { reactions } from './events.ts';
import { explainListenFailure } from './explain-failure.ts';
import { jobs } from './jobs.ts';
import { createProbeServer } from './probe-server.ts';
import { applySchedules, schedulesFor } from './schedule.ts';
import { createServer } from './server.ts';

export type SystemOptions = OpenOptions & {
  queues: readonly QueueName[];
  concurrency: number;
  /** Aborted when the process is asked to stop, perhaps before it has started. */
  signal: AbortSignal;
  /** Runs when the server listens and jobs can be added, before any is taken. What it throws ends the start. */
  beforeJobs?: (open: OpenDeps) => Promise<void>;
};

export type System = {
  open: OpenDeps;
  /** Where it listens. */
  address: string;
  /** Finishes requests and jobs in hand, then closes what was opened. To be called after `signal`. */
  stop(): Promise<void>;
};

// A healthy start is over within this time.
const patienceMs = 1_000;
// The same on a busy machine. A node among others has time: who finds it must not meet a 503.
const nodePatienceMs = 10_000;
const retryMs = 500;

/**
 * Starts one role. A database that is away does not end it: `ready` says so, and it goes on when the
 * database is there. Throws for a port that is taken or a list of jobs that is wrong.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  checkJobs(
    jobs,
    [...reactions, ...schedulesFor(options.config)].map(({ job }) => job.name),
  );
  const tracer = await openTracer(options.config, options.role, options.log);
  const open = openDeps({ ...options, tracer });
  open.preparing.isOver = !options.beforeJobs;
  let app: App | undefined;
  try {
    const isApi = runs(options.role, 'api');
    app = isApi ? await createServer(open) : await createProbeServer(open);
    // A proxy finds a node of several by its address, as soon as it listens.
    const early = options.role === 'api' ? startJobs(open, options) : undefined;
    if (early) await within(nodePatienceMs, early);
    const address = await listen(app, options, isApi ? 'PORT' : 'METRICS_PORT');
    const started = early ?? startJobs(open, options);
    await (options.beforeJobs ? started : within(patienceMs, started));
    const server = app;
    return { open, address, stop: () => stopSystem(open, server, started) };
  } catch (error) {
    await app?.close();
    await open.close();
    throw error;
  }
}

/** Waits for the end of the work, or so long. */
async function within(timeoutMs: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, sleep(timeoutMs, undefined, { ref: false })]);
}

async function listen(
  app: App,
  { config }: SystemOptions,
  setting: 'PORT' | 'METRICS_PORT',
): Promise<string> {
  const { host } = config;
  const port = setting === 'PORT' ? config.port : config.metricsPort;
  try {
    return await app.listen({ host, port });
  } catch (error) {
    throw explainListenFailure(error, setting, host, port);
  }
}

async function stopSystem(open: OpenDeps, app: App, started: Promise<Dispatcher | undefined>): Promise<void> {
  const { engine, deps } = open;
  const timeoutMs = deps.config.shutdownTimeoutSeconds * 1000;
  const jobsDone = async () => {
    const dispatcher = await started;
    // Webhooks that are under way have a second less, so that they are recorded in time.
    await Promise.all([engine.stop(timeoutMs), dispatcher?.stop(timeoutMs - 1_000)]);
  };
  // At once, so that no further job is taken while requests are finished. Those can still add jobs.
  const [, drained] = await Promise.allSettled([closeServer(app, timeoutMs, deps.log), jobsDone()]);
  if (drained.status === 'rejected')
    deps.log.warn(
      { err: drained.reason },
      'job engine: did not stop cleanly; unfinished jobs are done after the next start',
    );
  await open.close();
}

async function closeServer(app: App, timeoutMs: number, log: OpenDeps['deps']['log']): Promise<void> {
  const cutOff = setTimeout(() => {
    log.warn({ timeoutMs }, 'stopping: cut off the requests that were not finished in time');
    app.server.closeAllConnections();
  }, timeoutMs);
  try {
    await app.close();
  } finally {
    clearTimeout(cutOff);
  }
}

async function startJobs(open: OpenDeps, options: SystemOptions): Promise<Dispatcher | undefined> {
  const { engine, deps, metrics } = open;
  const { role, signal } = options;
  await untilDone(() => engine.start(), options);
  try {
    if (!signal.aborted) await options.beforeJobs?.(open);
    open.preparing.isOver = true;
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (runs(role, 'scheduler'))
    await untilDone(() => applySchedules(engine, schedulesFor(deps.config)), options);
  if (!runs(role, 'worker') || signal.aborted) return undefined;
  const tracing = jobTracingOf(deps);
  startWorker(engine, { ...options, jobs, deps, metrics: metrics.jobs, tracing });
  // A demonstration sends nothing to anybody.
  const sends = options.queues.includes('webhooks') && !deps.config.demoMode;
  return sends ? startDispatcher(deps, metrics.webhooks) : undefined;
}

/** Tries until it succeeds, or the process is asked to stop. */
async function untilDone(step: () => Promise<void>, { log, signal }: SystemOptions): Promise<void> {
  for (let tries = 1; !signal.aborted; tries += 1) {
    try {
      await step();
      if (tries > 1) log.info({ tries }, 'job engine: started');
      return;
    } catch (error) {
      if (tries === 1) {
        log.warn(
          { err: error },
          'job engine: cannot start yet, and tries again until it can: is the database up, and migrated ("lms migrate")?',
        );
      }
      await sleep(retryMs, undefined, { signal }).catch(() => {});
    }
  }
}

function runs(role: RoleName, part: 'api' | 'worker' | 'scheduler'): boolean {
  return role === part || role === 'all';
}
