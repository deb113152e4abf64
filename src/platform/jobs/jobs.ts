import { PgBoss, fromKysely } from 'pg-boss';
import type { Static, TSchema } from 'typebox';
import type { Tx } from '#platform/db/database.ts';
import type { Logger } from '#platform/log.ts';
import { unavailable } from '#platform/errors.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import type { Traceparent } from '#platform/trace/tracer.ts';
import { openClaims, type Claims, type Envelope } from './claims.ts';
import type { JobDefinition, QueueName } from './definition.ts';
import { insertJobs, jobSchema, type NewRow } from './insert-jobs.ts';

export type EnqueueOptions = {
  /** By the database's clock. */
  startAfter?: Date;
};
export type NewJob<Payload extends TSchema = TSchema> = {
  definition: JobDefinition<Payload>;
  payload: Static<Payload>;
  options?: EnqueueOptions;
  /** Which the job continues. */
  trace?: Traceparent;
};

export type Jobs = {
  /** Adds a job in the caller's transaction: neither exists without the other. One statement. */
  enqueue<Payload extends TSchema>(
    tx: Tx,
    definition: JobDefinition<Payload>,
    payload: Static<Payload>,
    options?: EnqueueOptions,
  ): Promise<void>;
  /** Adds several, of whatever queues, in one statement. */
  enqueueAll(tx: Tx, jobs: readonly NewJob[]): Promise<void>;
  /** Has a failed job tried once more. False where it is not there, or has not failed. */
  retry(tx: Tx, queue: QueueName, id: string): Promise<boolean>;
};

export type JobEngine = Jobs & {
  boss: PgBoss;
  claims: Claims;
  /** Tells of a failure that passes with the outage of the database behind it. */
  onError: (error: unknown) => void;
  /** To be done first when the engine stops. */
  beforeStop(work: (timeoutMs: number) => Promise<void>): void;
  isStarted(): boolean;
  /** Throws where the database is away or was never migrated. */
  start(): Promise<void>;
  /** Waits for jobs in hand, at most so long. */
  stop(timeoutMs: number): Promise<void>;
};

export type JobEngineOptions = {
  databaseUrl: string;
  log: Logger;
  /** Whether this process turns the clock into jobs. */
  isScheduler: boolean;
  /** Whether this process takes jobs. */
  isWorker: boolean;
  isPreparing: boolean;
  instanceName: string;
};

/**
 * The job engine, pg-boss on PostgreSQL. Queues and tables come from `migrate`; a database without
 * them fails `start`.
 */
export function createJobEngine(options: JobEngineOptions): JobEngine {
  const { log, isWorker, isScheduler } = options;
  const boss = new PgBoss({
    connectionString: options.databaseUrl,
    application_name: `lms-jobs-${options.instanceName}`,
    schema: jobSchema,
    migrate: false,
    createSchema: false,
    max: 2,
    connectionTimeoutMillis: 5_000,
    schedule: isScheduler,
    supervise: isWorker || isScheduler,
    superviseIntervalSeconds: 5,
    monitorIntervalSeconds: 5,
    clockMonitorIntervalSeconds: 300,
    cronMonitorIntervalSeconds: 15,
    cronWorkerIntervalSeconds: 5,
    instanceName: options.instanceName,
    openTelemetry: { enabled: false },
  });
  let state: 'new' | 'started' | 'stopping' = 'new';
  const warn = createSparseWarn();
  // Every look at every queue reports it.
  const onError = (error: unknown) => {
    if (state !== 'stopping')
      warn(log, 'error', { err: error }, 'job engine: the database does not answer; it goes on when it does');
  };
  // Without a listener, a database that restarts would end the process.
  boss.on('error', onError);
  const claims = openClaims({ ...options, boss, onError });
  const stopFirst: ((timeoutMs: number) => Promise<void>)[] = [];
  boss.on('warning', (warning) => log.warn({ warning }, 'job engine: warning'));
  const enqueueAll = (tx: Tx, jobs: readonly NewJob[]) => {
    // Requests that are finished during a stop still add jobs; those before a start cannot.
    if (state === 'new') throw unavailable('The job engine has not started yet. Try again.');
    return insertJobs(tx, jobs.map(toRow));
  };
  return {
    boss,
    claims,
    onError,
    beforeStop: (work) => void stopFirst.push(work),
    enqueueAll,
    enqueue: (tx, definition, payload, more) =>
      enqueueAll(tx, [{ definition, payload, ...(more && { options: more }) }]),
    async retry(tx, queue, id) {
      // The engine answers more than its types say.
      const answer: { affected?: number } = await boss.retry(queue, id, { db: fromKysely(tx) });
      return answer.affected === 1;
    },
    isStarted: () => state === 'started',
    async start() {
      await boss.start();
      state = 'started';
    },
    async stop(timeoutMs) {
      // Also after a start that failed, which leaves connections open.
      state = 'stopping';
      await Promise.all(stopFirst.splice(0).map((work) => work(timeoutMs)));
      await boss.stop({ graceful: true, timeout: timeoutMs, close: true });
      await claims.close();
    },
  };
}

function toRow({ definition, payload, options, trace }: NewJob): NewRow {
  return {
    queue: definition.queue,
    data: {
      job: definition.name,
      payload,
      ...(trace !== undefined && { traceparent: trace }),
    } satisfies Envelope,
    retryLimit: definition.retryLimit,
    startAfter: options?.startAfter ?? null,
    expireInSeconds: definition.expireInSeconds ?? null,
  };
}
