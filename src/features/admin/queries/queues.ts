import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import type { QueueName } from '#platform/jobs/definition.ts';
import type { LiveState } from './jobs.ts';

export type QueueRow = {
  name: QueueName;
  counts: Record<LiveState, number>;
  /** As the engine last counted them; null before it did. */
  completed: number | null;
  /** Waiting, and due. */
  ready: number;
  oldestReadySeconds: number;
};

/**
 * How many jobs are in which state, by queue. One statement. Counts from the engine's partial index of what is not
 * completed: completed jobs, a month of them, are taken as the engine last counted them.
 */
export async function countQueues(db: Db, queues: readonly QueueName[]): Promise<QueueRow[]> {
  const { rows } = await sql<QueueRow>`
    select queue.name,
      jsonb_build_object('created', coalesce(live.created, 0), 'retry', coalesce(live.retry, 0),
        'active', coalesce(live.active, 0), 'failed', coalesce(live.failed, 0)) as counts,
      queue.retained_count as completed,
      coalesce(live.ready, 0) as ready,
      -- Of the database's clock, like the times that it is compared with.
      coalesce(greatest(0, extract(epoch from now() - live.oldest_ready)), 0)::float8 as "oldestReadySeconds"
    from pgboss.queue
    left join (
      select name,
        count(*) filter (where state = 'created') as created,
        count(*) filter (where state = 'retry') as retry,
        count(*) filter (where state = 'active') as active,
        count(*) filter (where state = 'failed') as failed,
        count(*) filter (where state < 'active' and not blocked and start_after <= now()) as ready,
        min(start_after) filter (where state < 'active' and not blocked) as oldest_ready
      from pgboss.job
      where state in ('created', 'retry', 'active', 'failed')
      group by name
    ) as live on live.name = queue.name
    where queue.name = any(${[...queues]}::text[])
    order by array_position(${[...queues]}::text[], queue.name)`.execute(db);
  return rows;
}
