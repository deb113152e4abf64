import type { Tx } from '#platform/db/database.ts';
import { runSql } from '#platform/db/database.ts';
import type { QueueName } from './definition.ts';

export const jobSchema = 'pgboss';

/** The channel on which pg-boss tells of new jobs, the queue's name being the message. An expression of SQL. */
export const jobChannelSql = `'pgboss_' || left(encode(sha224('${jobSchema}'::bytea), 'hex'), 24)`;

export type NewRow = {
  queue: QueueName;
  /** What is kept as `data`. */
  data: object;
  retryLimit: number;
  startAfter: Date | null;
  /** Null: as long as the queue says. */
  expireInSeconds: number | null;
};

/**
 * Adds jobs of whatever queues in one statement, and wakes the workers of each queue when the transaction
 * commits. pg-boss adds to one queue a statement, so this writes what its own insert would write of the options
 * that are used here; `insert-jobs.test.ts` compares the two column by column, and so notices an upgrade
 * that changes either. Throws where a queue does not exist.
 */
export async function insertJobs(tx: Tx, rows: readonly NewRow[]): Promise<void> {
  if (rows.length === 0) return;
  const [answer] = await runSql<{ added: number }>(tx, insertSql, [JSON.stringify(rows)]);
  if (answer?.added !== rows.length)
    throw new Error('A queue of the job engine does not exist: was the database migrated?');
}

// A job of the future wakes nobody. The one that tells is asked for by the last line, or it would not run.
const insertSql = `
  with wanted as (
    select queue, data, "retryLimit" as retry_limit,
      coalesce("startAfter", ${jobSchema}.job_now()) as start_after, "expireInSeconds" as expire_seconds
    from json_to_recordset($1::text::json)
      as row (queue text, data jsonb, "retryLimit" int, "startAfter" timestamptz, "expireInSeconds" int)
  ),
  added as (
    insert into ${jobSchema}.job (name, data, created_on, start_after, keep_until, expire_seconds,
      deletion_seconds, retry_limit, retry_delay, retry_backoff, retry_delay_max, policy, dead_letter,
      heartbeat_seconds)
    select q.name, wanted.data, ${jobSchema}.job_now(), wanted.start_after,
      wanted.start_after + q.retention_seconds * interval '1s', coalesce(wanted.expire_seconds, q.expire_seconds),
      q.deletion_seconds, wanted.retry_limit, q.retry_delay, q.retry_backoff, q.retry_delay_max, q.policy,
      q.dead_letter, q.heartbeat_seconds
    from wanted join ${jobSchema}.queue q on q.name = wanted.queue
    returning name, start_after
  ),
  told as (
    select pg_notify(${jobChannelSql}, due.name)
    from (select distinct name from added where start_after <= ${jobSchema}.job_now()) due
      join ${jobSchema}.queue q on q.name = due.name and q.notify
  )
  select (select count(*)::int from added) as added, (select count(*)::int from told) as told`;
