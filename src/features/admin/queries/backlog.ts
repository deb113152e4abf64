import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

/** Of webhooks and mails that are not done yet, and of those that came to nothing. Ages are seconds. */
export type Backlog = {
  webhooks: { active: number; failing: number; disabled: number };
  deliveriesWaiting: number;
  /** Of endpoints that answer; those that fail are tried more and more rarely. */
  oldestDueDeliverySeconds: number;
  mailsWaiting: number;
  oldestWaitingMailSeconds: number;
  mailsFailed: number;
  mailsBounced: number;
  /** Null before the first nightly check. */
  progressDifferences: number | null;
};

/** One statement, over partial indexes of what is not done. */
export async function readBacklog(db: Db, now: Date): Promise<Backlog> {
  const { rows } = await sql<Backlog>`
    with due as (
      select count(*)::int as number,
        min(d.due_at) filter (where w.is_active and w.failure_count = 0) as oldest
      from webhook_delivery d join webhook w on w.id = d.webhook_id
      where d.state = 'waiting'
    ), mails as (
      select count(*) filter (where state in ('queued', 'sending'))::int as waiting,
        min(created_at) filter (where state in ('queued', 'sending')) as oldest,
        count(*) filter (where state = 'failed')::int as failed,
        count(*) filter (where state = 'bounced')::int as bounced
      from (
        select state, created_at from mail where state in ('queued', 'sending')
        union all
        select state, created_at from mail where state in ('bounced', 'failed')
      ) as open
    )
    select
      (select jsonb_build_object(
        'active', count(*) filter (where is_active and failure_count = 0),
        'failing', count(*) filter (where is_active and failure_count > 0),
        'disabled', count(*) filter (where disabled_at is not null and not is_active))
       from webhook where deleted_at is null) as webhooks,
      due.number as "deliveriesWaiting",
      greatest(0, coalesce(extract(epoch from ${now}::timestamptz - due.oldest), 0))::float8 as "oldestDueDeliverySeconds",
      mails.waiting as "mailsWaiting",
      greatest(0, coalesce(extract(epoch from ${now}::timestamptz - mails.oldest), 0))::float8 as "oldestWaitingMailSeconds",
      mails.failed as "mailsFailed",
      mails.bounced as "mailsBounced",
      (select difference_count from progress_check order by finished_at desc limit 1) as "progressDifferences"
    from due, mails`.execute(db);
  const [backlog] = rows;
  if (!backlog) throw new Error('A statement of aggregates gave no row.');
  return backlog;
}
