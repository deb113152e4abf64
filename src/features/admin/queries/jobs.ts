import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { countCapped, fetchPage, type PageRequest } from '#platform/db/page.ts';
import type { QueueName } from '#platform/jobs/definition.ts';

/** States of jobs that are listed and counted one by one; completed ones are kept for a month. */
export const liveStates = ['created', 'retry', 'active', 'failed'] as const;
export type LiveState = (typeof liveStates)[number];

/** What we read of the job engine's table; `name` is the queue. */
type JobTable = {
  'pgboss.job': {
    id: string;
    name: QueueName;
    state: LiveState;
    data: { job?: unknown; payload?: unknown } | null;
    output: unknown;
    retry_count: number;
    retry_limit: number;
    created_on: Date;
    start_after: Date;
    started_on: Date | null;
    completed_on: Date | null;
  };
};
// The words of the engine's partial index, without which the planner reads every job of a month.
const isLive = sql<boolean>`state in ('created', 'retry', 'active', 'failed')`;

export type JobRow = Awaited<ReturnType<typeof getJob>>;
export type JobFilters = {
  state?: readonly LiveState[] | undefined;
  queue?: readonly QueueName[] | undefined;
  job?: string | undefined;
};

function jobsIn(db: Db | Tx) {
  return db
    .withTables<JobTable>()
    .selectFrom('pgboss.job')
    .select([
      'pgboss.job.id',
      'name',
      'state',
      'data',
      'retry_count',
      'retry_limit',
      'created_on',
      'start_after',
      'started_on',
      'completed_on',
      // What the engine itself writes, as of a job that took too long, stands a level deeper.
      sql<string | null>`coalesce(output ->> 'message', output -> 'value' ->> 'message')`.as('error'),
    ]);
}

export async function getJob(db: Db | Tx, queue: QueueName, id: string) {
  return jobsIn(db).where('name', '=', queue).where('pgboss.job.id', '=', id).executeTakeFirstOrThrow();
}

/** The queue of a job in any state, or undefined. By the primary key, which begins with the queue. */
export async function findQueueOf(
  db: Db | Tx,
  id: string,
  queues: readonly QueueName[],
): Promise<QueueName | undefined> {
  const row = await db
    .withTables<JobTable>()
    .selectFrom('pgboss.job')
    .select('name')
    .where('name', 'in', [...queues])
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.name;
}

export async function listJobs(
  db: Db,
  filters: JobFilters,
  page: Omit<PageRequest, 'filters'>,
  withTotal: boolean,
) {
  const { state, queue, job } = filters;
  let query = jobsIn(db).where(isLive);
  if (state) query = query.where('state', 'in', state);
  if (queue) query = query.where('name', 'in', queue);
  if (job !== undefined) query = query.where(sql<boolean>`data ->> 'job' = ${job}`);
  const keys = { createdAt: { by: sql.ref('created_on'), type: 'timestamptz' } } as const;
  const rows = await fetchPage(query, keys, sql.ref('pgboss.job.id'), { ...page, filters });
  return { ...rows, total: withTotal ? await countCapped(db, query) : undefined };
}
