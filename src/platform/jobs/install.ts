import { PgBoss, type QueueOptions } from 'pg-boss';
import { queueNames } from './definition.ts';
import { jobSchema } from './insert-jobs.ts';

/** How every queue treats its jobs. Times are seconds. */
const queueOptions = {
  policy: 'standard',
  notify: true,
  retryLimit: 8,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 3_600,
  // A worker that was killed is noticed after this long without a sign of life, and its job redone.
  heartbeatSeconds: 10,
  expireInSeconds: 900,
  retentionSeconds: 90 * 86_400,
  // Completed and failed ones alike: a month to look at a failure and try it again.
  deleteAfterSeconds: 30 * 86_400,
} as const satisfies QueueOptions & { policy: string; notify: boolean };

/** Creates or upgrades the engine's tables and queues. Harmless twice. */
export async function installJobs(databaseUrl: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    application_name: 'lms-migrate',
    schema: jobSchema,
    max: 1,
    schedule: false,
    supervise: false,
    registerInstance: false,
  });
  boss.on('error', () => {});
  try {
    await boss.start();
    const known = new Map((await boss.getQueues()).map((queue) => [queue.name, queue]));
    for (const name of queueNames) {
      if (!known.has(name)) await boss.createQueue(name, queueOptions);
      else if (isOutdated(known.get(name))) await boss.updateQueue(name, withoutPolicy(queueOptions));
    }
    // Indexes that a backlog has left large. The engine rebuilds them itself only where it runs as their owner.
    for (const command of await boss.getReindexCommands()) await boss.getDb().executeSql(command);
  } finally {
    await boss.stop({ graceful: false, close: true });
  }
}

function isOutdated(queue: object | undefined): boolean {
  return Object.entries(withoutPolicy(queueOptions)).some(
    ([key, value]) => (queue as Record<string, unknown>)[key] !== value,
  );
}

function withoutPolicy({ policy: _, ...options }: typeof queueOptions): Omit<typeof queueOptions, 'policy'> {
  return options;
}
