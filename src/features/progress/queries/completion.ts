import { sql, type RawBuilder } from 'kysely';
import type { Tx } from '#platform/db/database.ts';
import { json } from '#platform/db/json.ts';
import type { Interval } from '../intervals.ts';

export type EnrollmentStatus = 'active' | 'completed' | 'withdrawn';

/** An enrollment whose row this transaction holds, as it was before. */
export type LockedEnrollment = { id: string; userId: string; courseId: string; isCompleted: boolean };

/** What counting left: the percent now, and whether this statement completed the enrollment. */
export type Reached = {
  progressPercent: number;
  enrollmentStatus: EnrollmentStatus;
  hasCompletedEnrollment: boolean;
};

/** Whoever completes a lesson or counts an enrollment waits here for whoever does the same. */
export async function lockEnrollment(tx: Tx, id: string): Promise<LockedEnrollment | undefined> {
  return tx
    .selectFrom('enrollment')
    .select((eb) => [
      'id',
      'user_id as userId',
      'course_id as courseId',
      eb('completed_at', 'is not', null).$castTo<boolean>().as('isCompleted'),
    ])
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

/** Lessons that count: required, ready, not deleted. */
export const isCounted = sql<boolean>`lesson.is_required and lesson.is_ready and lesson.deleted_at is null`;

/**
 * `total` and `completed` lessons → floored percent, 100 only where it completes. What was completed stays at 100;
 * one that is withdrawn cannot complete, and one of a course without required lessons has nothing to complete.
 */
export const percentNow = sql<number>`case
  when enrollment.completed_at is not null then 100
  when tally.total = 0 then 0
  when tally.completed = tally.total and enrollment.withdrawn_at is null then 100
  else least(99, tally.completed * 100 / tally.total) end`;

/** When it was completed, or now if all that counts has just been. */
export function completedAtNow(now: Date): RawBuilder<Date | null> {
  return sql`case
    when enrollment.completed_at is not null then enrollment.completed_at
    when tally.total > 0 and tally.completed = tally.total and enrollment.withdrawn_at is null then ${now}::timestamptz end`;
}

/** What a heartbeat leaves in a lesson's row. */
export type Kept = {
  positionSeconds: number | null;
  positionAt: Date | null;
  watched: Interval[];
  secondsWatched: number;
  secondsSpent: number;
};
const nothingKept: Kept = {
  positionSeconds: null,
  positionAt: null,
  watched: [],
  secondsWatched: 0,
  secondsSpent: 0,
};

/** Where and when: a lesson of an enrollment, touched by somebody (null: the system), perhaps from a device of theirs. */
export type Touch = { lessonId: string; actorId: string | null; sessionId?: string | null; now: Date };

/**
 * Keeps what a heartbeat left in a lesson that it does not complete, and moves `last_activity_at`. The caller holds the
 * enrollment's lock.
 */
export async function keepProgress(
  tx: Tx,
  { id, userId }: LockedEnrollment,
  touch: Touch,
  kept: Kept,
): Promise<void> {
  await sql`
    with news as (${nextNews(userId)}), active as (
      update enrollment
      set last_activity_at = greatest(last_activity_at, ${touch.now}), news_sequence = news.value
      from news where id = ${id}
    )
    insert into lesson_progress (${progressColumns}) values (${valuesOf(id, touch, null, kept)})
    on conflict (enrollment_id, lesson_id) do update set ${keptColumns}`.execute(tx);
}

/**
 * Marks a lesson complete (and keeps what a heartbeat left, if one did it) and counts the enrollment anew, in one
 * statement. The caller holds the enrollment's lock, and took it by an earlier statement: this one must see what others
 * committed while it waited. `isNew`: it was not complete before. Only an act of the learner's own moves
 * `last_activity_at`.
 */
export async function completeLesson(
  tx: Tx,
  { id, userId, courseId, isCompleted }: LockedEnrollment,
  touch: Touch,
  kept: Kept | null,
): Promise<Reached & { isNew: boolean }> {
  const { lessonId, actorId, now } = touch;
  const { rows } = await sql<Reached & { isNew: boolean }>`
    with news as (${nextNews(userId)}), before as (
      select from lesson_progress where enrollment_id = ${id} and lesson_id = ${lessonId} and completed_at is not null
    ), done as (
      insert into lesson_progress (${progressColumns}) values (${valuesOf(id, touch, now, kept ?? nothingKept)})
      on conflict (enrollment_id, lesson_id) do update
      set completed_at = coalesce(lesson_progress.completed_at, excluded.completed_at),
          ${kept ? keptColumns : sql`updated_at = excluded.updated_at, ${newsColumns}`}
      where lesson_progress.completed_at is null or ${kept !== null}::boolean
    ), tally as (
      select count(*)::int as total,
             count(*) filter (where lesson_progress.completed_at is not null or lesson.id = ${lessonId})::int as completed
      from lesson
      left join lesson_progress on lesson_progress.lesson_id = lesson.id and lesson_progress.enrollment_id = ${id}
      where lesson.course_id = ${courseId} and ${isCounted}
    ), counted as (
      update enrollment
      set progress_percent = ${percentNow}, completed_at = ${completedAtNow(now)}, updated_at = ${now},
          news_sequence = (select value from news),
          last_activity_at = case when user_id = ${actorId}::uuid then greatest(last_activity_at, ${now}) else last_activity_at end
      from tally where enrollment.id = ${id}
      returning enrollment.course_id, progress_percent, status, completed_at is not null and not ${isCompleted}::boolean as completes
    ), totals as (
      update course_statistics set completion_count = completion_count + 1
      from counted where course_statistics.course_id = counted.course_id and counted.completes
    )
    select progress_percent as "progressPercent", status as "enrollmentStatus", completes as "hasCompletedEnrollment",
           not exists (select from before) as "isNew"
    from counted`.execute(tx);
  const row = rows[0];
  if (!row) throw new Error(`enrollment ${id} vanished while it was locked`);
  return row;
}

// Its lock, held until the commit, puts what is new to one person into the order in which it becomes visible. Whoever
// holds it waits for none who wants it: the enrollment's lock was taken before.
function nextNews(userId: string): RawBuilder<unknown> {
  return sql`insert into news_sequence (user_id, value) values (${userId}, 1)
    on conflict (user_id) do update set value = news_sequence.value + 1 returning value`;
}

const progressColumns = sql`enrollment_id, lesson_id, completed_at, first_seen_at, updated_at,
  position_seconds, position_at, watched, seconds_watched, seconds_spent, touched_session, news_sequence`;

const newsColumns = sql`touched_session = excluded.touched_session, news_sequence = excluded.news_sequence`;

const keptColumns = sql`updated_at = excluded.updated_at, position_seconds = excluded.position_seconds,
  position_at = excluded.position_at, watched = excluded.watched, seconds_watched = excluded.seconds_watched,
  seconds_spent = excluded.seconds_spent, ${newsColumns}`;

/** Beside `news`, the number that this is to its learner. */
function valuesOf(
  enrollmentId: string,
  { lessonId, sessionId, now }: Touch,
  completedAt: Date | null,
  kept: Kept,
): RawBuilder<unknown> {
  return sql`${enrollmentId}, ${lessonId}, ${completedAt}::timestamptz, ${now}, ${now},
    ${kept.positionSeconds}, ${kept.positionAt}, ${json(kept.watched)}, ${kept.secondsWatched}, ${kept.secondsSpent},
    ${sessionId ?? null}, (select value from news)`;
}
