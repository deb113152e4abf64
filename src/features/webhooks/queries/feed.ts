import { sql } from 'kysely';
import type { Db } from '#platform/db/database.ts';

/** A place in the log: what was read before is not read again. */
export type Place = { transactionId: string; sequence: string };
export const beginning: Place = { transactionId: '0', sequence: '0' };

export type EventRow = {
  id: string;
  type: string;
  version: number;
  sequence: number;
  occurred_at: Date;
  actor_id: string | null;
  data: unknown;
  transaction_id: string;
};
export type FeedPage = {
  rows: EventRow[];
  hasMore: boolean;
  /** Where to read on. */
  next: Place;
  /** The place that was asked for lies before what the database has given out so far. */
  isKnownPlace: boolean;
};

/**
 * Events of these types behind a place, in the order of their transactions, and within one of their sequence. It ends
 * before the oldest transaction that is still open, of whatever database of the server: none that began before it can
 * commit an event any more, so what is behind the last place never grows. One statement, by
 * `event_public_feed_idx`: each type gives at most a page, however long the log.
 */
export async function readFeed(
  db: Db,
  types: readonly string[],
  after: Place,
  limit: number,
): Promise<FeedPage> {
  const { rows } = await sql<EventRow & { horizon: string; is_known: boolean; found: boolean }>`
    with horizon as materialized (select pg_snapshot_xmin(pg_current_snapshot()) as xmin)
    select horizon.xmin::text as horizon, ${after.transactionId}::xid8 <= horizon.xmin as is_known,
      page.id is not null as found, page.id, page.type, page.version, page.sequence, page.occurred_at,
      page.actor_id, page.data, page.transaction_id::text as transaction_id
    from horizon
    left join lateral (
      select e.* from unnest(${[...types]}::text[]) as wanted (type)
      cross join lateral (
        select * from event
        where event.type = wanted.type and event.transaction_id < horizon.xmin
          and (event.transaction_id, event.sequence) > (${after.transactionId}::xid8, ${after.sequence}::bigint)
        order by event.transaction_id, event.sequence
        limit ${limit + 1}
      ) as e
      order by e.transaction_id, e.sequence
      limit ${limit + 1}
    ) as page on true
    order by page.transaction_id, page.sequence`.execute(db);
  const found = rows.filter((row) => row.found);
  const hasMore = found.length > limit;
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    hasMore,
    next:
      hasMore && last
        ? { transactionId: last.transaction_id, sequence: String(last.sequence) }
        : { transactionId: rows[0]?.horizon ?? '0', sequence: '0' },
    isKnownPlace: rows[0]?.is_known ?? true,
  };
}
