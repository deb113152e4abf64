import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';
import type { Traceparent } from '#platform/trace/tracer.ts';

export const deliveryStates = ['waiting', 'delivered', 'failed', 'dead'] as const;
export type DeliveryState = (typeof deliveryStates)[number];

export type DeliveryRow = Awaited<ReturnType<typeof getDelivery>>;
export type DeliveryFilters = {
  webhookId: string;
  state?: readonly DeliveryState[] | undefined;
  eventType?: readonly string[] | undefined;
  eventId?: string | undefined;
};

function deliveriesIn(db: Db | Tx) {
  return db
    .selectFrom('webhook_delivery')
    .select([
      'webhook_delivery.id',
      'webhook_delivery.webhook_id',
      'webhook_delivery.event_id',
      'webhook_delivery.event_type',
      'webhook_delivery.request_id',
      'webhook_delivery.attempt',
      'webhook_delivery.state',
      'webhook_delivery.created_at',
      'webhook_delivery.due_at',
      'webhook_delivery.started_at',
      'webhook_delivery.duration_ms',
      'webhook_delivery.response_status',
      'webhook_delivery.response_body',
      'webhook_delivery.error_code',
      'webhook_delivery.error_message',
    ]);
}

export async function getDelivery(tx: Db | Tx, id: string) {
  return deliveriesIn(tx).where('webhook_delivery.id', '=', id).executeTakeFirstOrThrow();
}

export function findDelivery(db: Db | Tx, webhookId: string, id: string): Promise<DeliveryRow | undefined> {
  return deliveriesIn(db)
    .where('webhook_delivery.webhook_id', '=', webhookId)
    .where('webhook_delivery.id', '=', id)
    .executeTakeFirst();
}

export function listDeliveries(db: Db, filters: DeliveryFilters, page: Omit<PageRequest, 'filters'>) {
  let query = deliveriesIn(db).where('webhook_delivery.webhook_id', '=', filters.webhookId);
  if (filters.state) query = query.where('webhook_delivery.state', 'in', filters.state);
  if (filters.eventType) query = query.where('webhook_delivery.event_type', 'in', filters.eventType);
  if (filters.eventId !== undefined) query = query.where('webhook_delivery.event_id', '=', filters.eventId);
  const keys = { createdAt: { by: sql.ref('webhook_delivery.created_at'), type: 'timestamptz' } } as const;
  return fetchPage(query, keys, sql.ref('webhook_delivery.id'), { ...page, filters });
}

export type NewDelivery = {
  id: string;
  webhook_id: string;
  event_id: string;
  event_type: string;
  /** Null: the event's own. */
  request_id: string | null;
};

/** First attempts, due at once. What is there already is left as it is. One statement. */
export async function insertDeliveries(
  tx: Db | Tx,
  rows: readonly NewDelivery[],
  { now, trace }: { now: Date; trace: Traceparent | null },
): Promise<void> {
  if (rows.length === 0) return;
  await sql`
    insert into webhook_delivery (id, webhook_id, event_id, event_type, request_id, attempt, state, created_at, due_at, traceparent)
    select id, webhook_id, event_id, event_type, request_id, 1, 'waiting', ${now}, ${now}, ${trace}
    from json_to_recordset(${JSON.stringify(rows)}::text::json)
      as row (id uuid, webhook_id uuid, event_id uuid, event_type text, request_id uuid)
    on conflict do nothing`.execute(tx);
}

/** The active endpoints that subscribe to which of these events. */
export async function listSubscriptions(db: Db, eventIds: readonly string[]) {
  const { rows } = await sql<Pick<NewDelivery, 'webhook_id' | 'event_id' | 'event_type'>>`
    select webhook.id as webhook_id, event.id as event_id, event.type as event_type
    from event
    join webhook on webhook.is_active
      and (event.type = any(webhook.event_types) or '*' = any(webhook.event_types))
    where event.id = any(${[...eventIds]}::uuid[]) and event.type <> 'ping'`.execute(db);
  return rows;
}

export type RangePlace = { at: Date; sequence: number };
type RangeEvent = { id: string; type: string; occurred_at: Date; sequence: number };

/** Events of these types that happened in [from, to), behind a place, at most `limit`: by `event_type_idx`. */
export async function listEventsInRange(
  db: Db | Tx,
  types: readonly string[],
  { after, to }: { after: RangePlace; to: Date },
  limit: number,
): Promise<RangeEvent[]> {
  const { rows } = await sql<RangeEvent>`
    select e.* from unnest(${[...types]}::text[]) as wanted (type)
    cross join lateral (
      select id, event.type, occurred_at, sequence from event
      where event.type = wanted.type and occurred_at < ${to}
        and occurred_at >= ${after.at} and (occurred_at, sequence) > (${after.at}, ${after.sequence}::bigint)
      order by occurred_at, sequence
      limit ${limit}
    ) as e
    order by e.occurred_at, e.sequence
    limit ${limit}`.execute(db);
  return rows;
}
