import { sql, type RawBuilder } from 'kysely';
import type { Db } from '#platform/db/database.ts';
import { json } from '#platform/db/json.ts';
import { isCounted, percentNow } from './completion.ts';

/**
 * What is stored and what the rows say. `percent`: the percent (a stored one below a counted 100 was never completed).
 * `passed_quiz`: an attempt passed, and its lesson is not complete.
 */
export type Difference =
  | { kind: 'percent'; enrollmentId: string; stored: number; counted: number }
  | { kind: 'passed_quiz'; enrollmentId: string; lessonId: string };
export type CheckedBatch = { count: number; last: string | null; differences: Difference[] };

/** Counts the next enrollments by id anew and compares. One statement. */
export async function checkNext(db: Db, after: string | null, limit: number): Promise<CheckedBatch> {
  return check(db, sql`${after}::uuid is null or id > ${after}::uuid order by id limit ${limit}`);
}

/** The same for those named. */
export async function checkAgain(db: Db, ids: readonly string[]): Promise<CheckedBatch> {
  return check(db, sql`id = any (${[...ids]}::uuid[])`);
}

async function check(db: Db, which: RawBuilder<unknown>): Promise<CheckedBatch> {
  const { rows } = await sql<CheckedBatch>`
    with batch as (
      select id, course_id, progress_percent, completed_at, withdrawn_at from enrollment where ${which}
    ), percents as (
      select enrollment.id, enrollment.progress_percent as stored, ${percentNow} as counted
      from batch as enrollment
      cross join lateral (
        select count(*)::int as total, count(lesson_progress.completed_at)::int as completed
        from lesson
        left join lesson_progress on lesson_progress.lesson_id = lesson.id and lesson_progress.enrollment_id = enrollment.id
        where lesson.course_id = enrollment.course_id and ${isCounted}
      ) as tally
    ), differing as (
      select id, jsonb_build_object('kind', 'percent', 'enrollmentId', id, 'stored', stored, 'counted', counted) as difference
      from percents where stored <> counted
      union
      select batch.id, jsonb_build_object('kind', 'passed_quiz', 'enrollmentId', batch.id, 'lessonId', attempt.lesson_id)
      from batch
      join attempt on attempt.enrollment_id = batch.id and attempt.passed
      left join lesson_progress on lesson_progress.enrollment_id = batch.id and lesson_progress.lesson_id = attempt.lesson_id
      where lesson_progress.completed_at is null
    )
    select (select count(*)::int from batch) as count,
           (select id from batch order by id desc limit 1) as last,
           (select coalesce(jsonb_agg(difference order by id), '[]') from differing) as differences`.execute(
    db,
  );
  return rows[0] ?? { count: 0, last: null, differences: [] };
}

export type CheckResult = {
  id: string;
  startedAt: Date;
  finishedAt: Date;
  enrollmentCount: number;
  differenceCount: number;
  differences: Difference[];
};

export async function insertCheck(db: Db, check: CheckResult): Promise<void> {
  await db
    .insertInto('progress_check')
    .values({
      id: check.id,
      started_at: check.startedAt,
      finished_at: check.finishedAt,
      enrollment_count: check.enrollmentCount,
      difference_count: check.differenceCount,
      differences: json(check.differences),
    })
    .execute();
}
