import { setTimeout as sleep } from 'node:timers/promises';
import { checkJobs, startWorker } from '#platform/jobs/worker.ts';
import type { QueueName } from '#platform/jobs/definition.ts';
import type { App } from '#platform/http/types.ts';
import { openDeps, type OpenDeps, type OpenOptions, type RoleName } from './deps.ts';
import { reactions } from './events.ts';
import { jobs } from './jobs.ts';
import { createProbeServer } from './probe-server.ts';
import { applySchedules, schedules } from './schedule.ts';
import { createServer } from './server.ts';

export type SystemOptions = OpenOptions & {
  queues: readonly QueueName[];
  concurrency: number;
  /** Runs when the server listens and before jobs are taken. */
  beforeJobs?: (open: OpenDeps) => Promise<void>;
};

export type System = {
  open: OpenDeps;
  /** Where it listens. */
  address: string;
  /** Finishes requests and jobs in hand, then closes what was opened. */
  stop(): Promise<void>;
};

/**
 * Starts one role. A database that is away does not end it: `ready` says so, and it goes on when the
 * database is back. Throws for a port that is taken or a list of jobs that is wrong.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  checkJobs(jobs, [...reactions, ...schedules].map(({ job }) => job.name));
  const open = openDeps(options);
  const { config } = options;
  const isApi = options.role === 'api' || options.role === 'all';
  const app = isApi ? await createServer(open) : await createProbeServer(open);
  const stopping = new AbortController();
  try {
    const port = isApi ? config.port : config.metricsPort;
    const address = await app.listen({ host: config.host, port });
    await options.beforeJobs?.(open);
    const started = startJobs(open, options, stopping.signal);
    // The first try decides how fast a healthy start is; later ones go on beside it.
    await Promise.race([started, sleep(1_000, undefined, { ref: false })]);
    return { open, address, stop: () => stopSystem(open, app, stopping, started) };
  } catch (error) {
    stopping.abort();
    await app.close();
    await open.close();
    throw error;
  }
}

async function stopSystem(open: OpenDeps, app: App, stopping: AbortController, started: Promise<void>): Promise<void> {
  stopping.abort();
  await app.close();
  await started;
  await open.close();
}

async function startJobs(open: OpenDeps, options: SystemOptions, signal: AbortSignal): Promise<void> {
  const { engine, deps, metrics } = open;
  const { role, log } = options;
  for (let isFirst = true; !signal.aborted; isFirst = false) {
    try {
      await engine.start();
      if (runs(role, 'scheduler')) await applySchedules(engine);
      if (runs(role, 'worker')) await startWorker(engine, { ...options, jobs, deps, metrics: metrics.jobs });
      if (!isFirst) log.info('job engine: started');
      return;
    } catch (error) {
      if (isFirst) log.warn({ err: error }, 'job engine: cannot start yet; trying every 2 s. Is the database up, and migrated ("lms migrate")?');
      await sleep(2_000, undefined, { signal }).catch(() => {});
    }
  }
}

function runs(role: RoleName, part: 'worker' | 'scheduler'): boolean {
  return role === part || role === 'all';
}
