import { sql } from 'kysely';
import type { Tx } from '#platform/db/database.ts';
import { completedAtNow, isCounted, percentNow } from './completion.ts';

/** Where a batch ended: rows are taken in order of (created_at, id). */
export type BatchEnd = { createdAt: Date; id: string };
export type Candidate = { id: string; created_at: Date };

/** The next enrollments of a course that are not complete, locked in the order of the list. */
export async function lockIncompleteOf(
  tx: Tx,
  courseId: string,
  after: BatchEnd | null,
  limit: number,
): Promise<Candidate[]> {
  let query = tx
    .selectFrom('enrollment')
    .select(['id', 'created_at'])
    .where('course_id', '=', courseId)
    .where('completed_at', 'is', null);
  if (after) query = query.where(sql<boolean>`(created_at, id) > (${after.createdAt}, ${after.id}::uuid)`);
  return query.orderBy('created_at').orderBy('id').limit(limit).forNoKeyUpdate().execute();
}

/** The course of an enrollment that is not complete, its row locked. */
export async function lockIncomplete(
  tx: Tx,
  enrollmentId: string,
): Promise<{ id: string; courseId: string } | undefined> {
  return tx
    .selectFrom('enrollment')
    .select(['id', 'course_id as courseId'])
    .where('id', '=', enrollmentId)
    .where('completed_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export type Recounted = { id: string; userId: string; completes: boolean };

/**
 * Counts enrollments of one course anew, in one statement: percent, completion and the course's count of completions.
 * Their rows are locked and not complete. Returns those that changed.
 */
export async function recount(
  tx: Tx,
  courseId: string,
  ids: readonly string[],
  now: Date,
): Promise<Recounted[]> {
  const { rows } = await sql<Recounted>`
    with counting as (
      select id from lesson where course_id = ${courseId} and ${isCounted}
    ), tally as (
      select chosen.id, (select count(*) from counting)::int as total,
             (select count(*) from lesson_progress
              join counting on counting.id = lesson_progress.lesson_id
              where lesson_progress.enrollment_id = chosen.id and lesson_progress.completed_at is not null)::int as completed
      from unnest(${[...ids]}::uuid[]) as chosen (id)
    ), counted as (
      update enrollment
      set progress_percent = ${percentNow}, completed_at = ${completedAtNow(now)}, updated_at = ${now}
      from tally where enrollment.id = tally.id and enrollment.progress_percent <> ${percentNow}
      returning enrollment.id, user_id, completed_at is not null as completes
    ), totals as (
      update course_statistics set completion_count = completion_count + (select count(*) from counted where completes)
      where course_id = ${courseId} and exists (select from counted where completes)
    )
    select id, user_id as "userId", completes from counted`.execute(tx);
  return rows;
}
