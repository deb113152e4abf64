import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { json } from '#platform/db/json.ts';
import { countCapped, fetchPage, type PageRequest } from '#platform/db/page.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';
import { newId } from '#platform/ids.ts';
import type { NotificationKind } from '../policy.ts';

/** As lists and streams show it. Times as JSON has them. */
export type NotificationRow = {
  id: string;
  kind: NotificationKind;
  eventType: string;
  data: Record<string, string>;
  course: { id: string; slug: string; title: string } | null;
  createdAt: string;
  readAt: string | null;
};

const timeJson = (column: string) =>
  sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Of `notification` beside its `course`, if it has one. */
export const notificationJson = sql<NotificationRow>`jsonb_build_object(
  'id', notification.id, 'kind', notification.kind, 'eventType', notification.event_type, 'data', notification.data,
  'course', case when course.id is not null then
    jsonb_build_object('id', course.id, 'slug', course.slug, 'title', course.title) end,
  'createdAt', ${timeJson('notification.created_at')}, 'readAt', ${timeJson('notification.read_at')})`;

export type NotificationFilters = { isUnread?: boolean | undefined };

export async function listNotifications(
  db: Db,
  userId: string,
  { isUnread = false }: NotificationFilters,
  page: Omit<PageRequest, 'filters'>,
) {
  let query = db
    .selectFrom('notification')
    .leftJoin('course', 'course.id', 'notification.course_id')
    .select(notificationJson.as('shown'))
    .where('notification.user_id', '=', userId);
  if (isUnread) query = query.where('notification.read_at', 'is', null);
  const keys = { createdAt: { by: sql.ref('notification.created_at'), type: 'timestamptz' } } as const;
  return fetchPage(query, keys, sql.ref('notification.id'), { ...page, filters: { userId, isUnread } });
}

// Beyond this a badge says "99+" anyway, and the count stays cheap however many there are.
const maxUnreadCount = 1_000;

/** How many are unread, by an index of the unread alone. */
export function countUnread(db: Db, userId: string): Promise<{ value: number; isCapped: boolean }> {
  const unread = db
    .selectFrom('notification')
    .select('id')
    .where('user_id', '=', userId)
    .where('read_at', 'is', null);
  return countCapped(db, unread, maxUnreadCount);
}

export async function markRead(
  db: Db,
  userId: string,
  which: { ids: readonly string[] } | { upToId: string } | 'all',
  now: Date,
): Promise<void> {
  let query = db
    .updateTable('notification')
    .set({ read_at: now })
    .where('user_id', '=', userId)
    .where('read_at', 'is', null);
  if (which !== 'all') {
    query =
      'ids' in which
        ? query.where('id', 'in', [...which.ids])
        : query.where(
            sql<boolean>`(created_at, id) <= (select last.created_at, last.id from notification as last
              where last.id = ${which.upToId} and last.user_id = ${userId})`,
          );
  }
  await query.execute();
}

export type NewNotification = {
  eventId: string;
  kind: NotificationKind;
  eventType: string;
  courseId: string | null;
  data: Record<string, string>;
  createdAt: Date;
};

/**
 * Keeps it for each of the people, numbered as their next piece of news. Nothing happens for those who have it. The
 * numbers' rows are locked in one order until the commit.
 */
export async function insertNotifications(
  tx: Tx,
  userIds: readonly string[],
  { eventId, kind, eventType, courseId, data, createdAt }: NewNotification,
): Promise<void> {
  const people = userIds.toSorted();
  const ids = people.map(newId);
  await sql`
    with person as (
      select * from unnest(${people}::uuid[], ${ids}::uuid[]) as person (user_id, id)
      where not exists (
        select from notification where event_id = ${eventId} and notification.user_id = person.user_id)
    ), news as (
      insert into news_sequence (user_id, value) select user_id, 1 from person order by user_id
      on conflict (user_id) do update set value = news_sequence.value + 1 returning user_id, value
    )
    insert into notification (id, user_id, event_id, kind, event_type, course_id, data, sequence, created_at)
    select person.id, person.user_id, ${eventId}, ${kind}, ${eventType}, ${courseId}, ${json(data)}, news.value,
           ${createdAt}
    from person join news on news.user_id = person.user_id
    on conflict (event_id, user_id) do nothing`.execute(tx);
}

/** Those read before `readBefore`, and those made before `createdBefore`, read or not. Returns how many. */
export async function purgeNotifications(
  db: Db,
  { readBefore, createdBefore }: { readBefore: Date; createdBefore: Date },
  signal: AbortSignal,
): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from notification where id in (
        select id from notification where read_at < ${readBefore} or created_at < ${createdBefore}
        limit ${purgedAtOnce})
      returning 1`.execute(db);
    return rows.length;
  }, signal);
}
