import { sql } from 'kysely';
import { isActingOver } from '#platform/db/acting.ts';
import type { Db } from '#platform/db/database.ts';
import { notificationJson, type NotificationRow } from './notifications.ts';

/** A stream as the database needs to know it. `after`: the last number it was sent; null for one that begins now. */
export type StreamPlace = { key: number; userId: string; sessionId: string; after: number | null };

export type ProgressNews = {
  enrollmentId: string;
  courseId: string;
  lessonId: string;
  status: 'inProgress' | 'completed';
  positionSeconds: number | null;
  progressPercent: number;
  enrollmentStatus: 'active' | 'completed' | 'withdrawn';
};
export type NewsItem =
  | { sequence: number; type: 'notification'; notification: NotificationRow }
  | { sequence: number; type: 'progress'; progress: ProgressNews };

export type News = {
  key: number;
  /** False where the session is over or the person deactivated: nothing is to be sent any more. */
  isAlive: boolean;
  /** The person's highest number. */
  position: number;
  /** In order, at most `newsAtOnce`: where there are so many, more may follow. */
  items: NewsItem[];
};

export const newsAtOnce = 100;

/**
 * What is new to each of the streams: one statement for all of them, which sees one state of the database. Streams to
 * which nothing is new, and whose session lives, are left out. Progress that the stream's own session made is no news
 * to it. A lesson that moved twice since is told once, as it is.
 */
export async function readNews(db: Db, streams: readonly StreamPlace[], now: Date): Promise<News[]> {
  const { rows } = await sql<News>`
    with place as (
      select * from unnest(${streams.map(({ key }) => key)}::int[], ${streams.map(({ userId }) => userId)}::uuid[],
        ${streams.map(({ sessionId }) => sessionId)}::uuid[], ${streams.map(({ after }) => after)}::bigint[])
        as place (key, user_id, session_id, after)
    ), stream as (
      select place.*, coalesce(news_sequence.value, 0) as position,
             session.id is not null and app_user.deactivated_at is null
               and not ${isActingOver(now)} as is_alive
      from place
      left join news_sequence on news_sequence.user_id = place.user_id
      left join session
        on session.id = place.session_id and session.ended_at is null and session.expires_at > ${now}
      left join app_user on app_user.id = place.user_id
    )
    select key, is_alive as "isAlive", position, coalesce(news.items, '[]') as items
    from stream
    left join lateral (
      select jsonb_agg(item.shown order by item.sequence) as items
      from (
        select sequence, shown from (${notificationNews}) as notifications
        union all
        select sequence, shown from (${progressNews}) as progress
        order by sequence limit ${newsAtOnce}
      ) as item
    ) as news on stream.is_alive and stream.position > stream.after
    where not is_alive or after is null or position <> after`.execute(db);
  return rows;
}

const notificationNews = sql`
  select notification.sequence,
         jsonb_build_object('sequence', notification.sequence, 'type', 'notification',
                            'notification', ${notificationJson}) as shown
  from notification left join course on course.id = notification.course_id
  where notification.user_id = stream.user_id and notification.sequence > stream.after
  order by notification.sequence limit ${newsAtOnce}`;

const progressNews = sql`
  select reached.news_sequence as sequence,
         jsonb_build_object('sequence', reached.news_sequence, 'type', 'progress', 'progress', jsonb_build_object(
           'enrollmentId', enrollment.id, 'courseId', enrollment.course_id, 'lessonId', reached.lesson_id,
           'status', case when reached.completed_at is null then 'inProgress' else 'completed' end,
           'positionSeconds', reached.position_seconds, 'progressPercent', enrollment.progress_percent,
           'enrollmentStatus', enrollment.status)) as shown
  from enrollment join lesson_progress as reached on reached.enrollment_id = enrollment.id
  where enrollment.user_id = stream.user_id and enrollment.news_sequence > stream.after
    and reached.news_sequence > stream.after and reached.touched_session is distinct from stream.session_id
  order by reached.news_sequence limit ${newsAtOnce}`;
