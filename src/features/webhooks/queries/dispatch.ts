import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import type { DisabledReason } from '../events.ts';

/** A delivery that is to be sent now, with all that sending it needs. */
export type DueDelivery = {
  delivery_id: string;
  webhook_id: string;
  attempt: number;
  first_started_at: Date | null;
  traceparent: string | null;
  url: string;
  secret: Buffer;
  previous_secret: Buffer | null;
  previous_secret_until: Date | null;
  id: string;
  type: string;
  version: number;
  sequence: number;
  occurred_at: Date;
  actor_id: string | null;
  data: unknown;
};

export type ClaimOptions = {
  now: Date;
  /** Until when the claimed belong to the caller. */
  until: Date;
  /** Places left, by endpoint; `defaultLeft` for the others. */
  left: readonly { webhookId: string; left: number }[];
  defaultLeft: number;
  limit: number;
  /** From so many failures on, an endpoint is tried with one delivery at a time. */
  breakAfter: number;
};

/**
 * Takes deliveries that are due, for each active endpoint as many as it has places. Of one that keeps failing, one, by
 * whoever moves `paused_until` on. What another worker holds is passed over. One statement.
 */
export async function claimDue(db: Db, options: ClaimOptions): Promise<DueDelivery[]> {
  const { now, until, left, defaultLeft, limit, breakAfter } = options;
  const isDue = sql`d.state = 'waiting' and d.due_at <= ${now} and (d.claimed_until is null or d.claimed_until <= ${now})`;
  const { rows } = await sql<DueDelivery>`
    with failing as materialized (
      select w.id from webhook w
      where w.is_active and w.failure_count >= ${breakAfter} and (w.paused_until is null or w.paused_until <= ${now})
        and exists (select from webhook_delivery d where d.webhook_id = w.id and ${isDue})
      for no key update skip locked
    ), places as materialized (
      select w.id, least(${limit}, coalesce(given."left", ${defaultLeft})) as places from webhook w
      left join json_to_recordset(${JSON.stringify(left)}::text::json) as given ("webhookId" uuid, "left" int)
        on given."webhookId" = w.id
      where w.is_active and w.failure_count < ${breakAfter}
      union all
      select failing.id, 1 from failing
    ), due as materialized (
      select candidate.id from places
      cross join lateral (
        select d.id from webhook_delivery d
        where d.webhook_id = places.id and ${isDue}
        order by d.due_at
        limit places.places
        for no key update skip locked
      ) as candidate
      order by places.places desc
      limit ${limit}
    ), claimed as (
      update webhook_delivery d set claimed_until = ${until} from due where d.id = due.id
      returning d.id as delivery_id, d.webhook_id, d.event_id, d.attempt, d.first_started_at, d.traceparent
    ), held as (
      update webhook set paused_until = ${until}
      where id in (select id from failing) and id in (select webhook_id from claimed)
    )
    select claimed.delivery_id, claimed.webhook_id, claimed.attempt, claimed.first_started_at, claimed.traceparent,
      webhook.url, webhook.secret, webhook.previous_secret, webhook.previous_secret_until,
      event.id, event.type, event.version, event.sequence, event.occurred_at, event.actor_id, event.data
    from claimed
    join webhook on webhook.id = claimed.webhook_id
    join event on event.id = claimed.event_id`.execute(db);
  return rows;
}

/** Lets deliveries that were not sent be taken by others at once. */
export async function releaseClaims(db: Db, deliveryIds: readonly string[]): Promise<void> {
  await db
    .updateTable('webhook_delivery')
    .set({ claimed_until: null })
    .where('id', 'in', [...deliveryIds])
    .where('state', '=', 'waiting')
    .execute();
}

export type Settled = {
  id: string;
  state: 'delivered' | 'failed' | 'dead';
  startedAt: Date;
  durationMs: number;
  status: number | null;
  body: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  /** The attempt that follows, where one does. */
  nextId: string | null;
  nextDueAt: Date | null;
};

/** Records attempts, each once, and adds those that follow. One statement. */
export async function settleDeliveries(tx: Tx, settled: readonly Settled[], now: Date): Promise<void> {
  await sql`
    with result as (
      select * from json_to_recordset(${JSON.stringify(settled)}::text::json) as row (id uuid, state text,
        "startedAt" timestamptz(3), "durationMs" int, status int, body text, "errorCode" text, "errorMessage" text,
        "nextId" uuid, "nextDueAt" timestamptz(3))
    ), done as (
      update webhook_delivery d
      set state = result.state, claimed_until = null, started_at = result."startedAt",
        first_started_at = coalesce(d.first_started_at, result."startedAt"), duration_ms = result."durationMs",
        response_status = result.status, response_body = result.body, error_code = result."errorCode",
        error_message = result."errorMessage"
      from result where d.id = result.id and d.state = 'waiting'
      returning d.*, result."nextId" as next_id, result."nextDueAt" as next_due_at
    )
    insert into webhook_delivery (id, webhook_id, event_id, event_type, request_id, attempt, state, created_at, due_at,
      first_started_at, traceparent)
    select next_id, webhook_id, event_id, event_type, request_id, attempt + 1, 'waiting', ${now}, next_due_at,
      first_started_at, traceparent
    from done where next_id is not null
    on conflict do nothing`.execute(tx);
}

/** What the attempts of one endpoint say of it. */
export type Health = {
  webhookId: string;
  /** An attempt succeeded; `failures` counts those after it. */
  hasSucceeded: boolean;
  failures: number;
  isGone: boolean;
  /** In [0.5, 1): of the pause. */
  jitter: number;
};

export type Judged = { id: string; reason: DisabledReason | null; before: number; failures: number };

export type HealthRules = {
  breakAfter: number;
  firstPauseSeconds: number;
  maxPauseSeconds: number;
  disableAfter: { failures: number; since: Date };
};

/**
 * Counts failures and successes of endpoints, and disables those that are gone or failed for too long. One statement,
 * which writes nothing for an endpoint that goes on as it should. Returns those that it wrote, with their failures in a row
 * before and now, and why one was disabled.
 */
export async function updateHealth(tx: Tx, health: readonly Health[], rules: HealthRules, now: Date) {
  const { breakAfter, firstPauseSeconds, maxPauseSeconds, disableAfter } = rules;
  const { rows } = await sql<Judged>`
    with counted as materialized (
      select w.id, w.is_active, w.failure_count as before, result."isGone" as is_gone, result.jitter,
        case when result."hasSucceeded" then 0 else w.failure_count end + result.failures as failures,
        case when result.failures > 0 then
          case when result."hasSucceeded" then ${now} else coalesce(w.failing_since, ${now}) end
        end as since
      from json_to_recordset(${JSON.stringify(health)}::text::json) as result ("webhookId" uuid,
        "hasSucceeded" boolean, failures int, "isGone" boolean, jitter float8)
      join webhook w on w.id = result."webhookId"
      where result.failures > 0 or w.failure_count > 0 or w.paused_until is not null
      order by w.id
      for no key update of w
    ), judged as (
      select *, case
        when not is_active then null
        when is_gone then 'gone'
        when failures >= ${disableAfter.failures} and since <= ${disableAfter.since} then 'failing'
      end as reason
      from counted
    )
    update webhook w
    set failure_count = judged.failures, failing_since = judged.since,
      paused_until = case when judged.failures >= ${breakAfter} then ${now}::timestamptz + interval '1 s' * judged.jitter
        * least(${maxPauseSeconds}, ${firstPauseSeconds} * power(2, least(judged.failures - ${breakAfter}, 20))) end,
      is_active = w.is_active and judged.reason is null,
      version = w.version + (judged.reason is not null)::int,
      disabled_at = case when judged.reason is null then w.disabled_at else ${now}::timestamptz end,
      disabled_reason = coalesce(judged.reason, w.disabled_reason)
    from judged where w.id = judged.id
    returning w.id, judged.reason, judged.before, judged.failures`.execute(tx);
  return rows;
}
