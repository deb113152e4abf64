import { sql } from 'kysely';
import type { Tx } from '#platform/db/database.ts';

/** What is stored of a course and what its rows say. */
export type MendedStatistics = {
  courseId: string;
  stored: Record<'enrollments' | 'completions' | 'ratings' | 'ratingSum', number>;
  counted: Record<'enrollments' | 'completions' | 'ratings' | 'ratingSum', number>;
};

/**
 * The next courses by id, their statistics locked (and made, where a course has none). Whoever enrolls meanwhile waits,
 * so that the count that follows misses nothing.
 */
export async function lockStatistics(tx: Tx, after: string | null, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    with chosen as (
      select id from course where ${after}::uuid is null or id > ${after}::uuid order by id limit ${limit}
    ), made as (
      insert into course_statistics (course_id)
      select id from chosen where not exists (select from course_statistics where course_id = chosen.id)
      on conflict do nothing
    ), locked as (
      select course_id from course_statistics where course_id in (select id from chosen) order by course_id for no key update
    )
    select id from chosen left join locked on locked.course_id = chosen.id order by id`.execute(tx);
  return rows.map(({ id }) => id);
}

/**
 * Counts courses anew in one statement and writes what differs. Enrollments: current and not withdrawn. Completions: all
 * that were ever completed. Returns the differences.
 */
export async function mendStatistics(tx: Tx, courseIds: readonly string[]): Promise<MendedStatistics[]> {
  const { rows } = await sql<MendedStatistics>`
    with counted as (
      select chosen.id, enrollments.current, enrollments.completed, ratings.count, ratings.sum
      from unnest(${[...courseIds]}::uuid[]) as chosen (id)
      cross join lateral (
        select count(*) filter (where is_current and withdrawn_at is null)::int as current,
               count(completed_at)::int as completed
        from enrollment where course_id = chosen.id
      ) as enrollments
      cross join lateral (
        select count(*)::int as count, coalesce(sum(rating), 0)::int as sum from review where course_id = chosen.id
      ) as ratings
    ), stored as (
      select course_id, enrollment_count, completion_count, rating_count, rating_sum
      from course_statistics where course_id = any (${[...courseIds]}::uuid[])
    ), mended as (
      update course_statistics
      set enrollment_count = counted.current, completion_count = counted.completed,
          rating_count = counted.count, rating_sum = counted.sum
      from counted
      where course_statistics.course_id = counted.id
        and (enrollment_count, completion_count, rating_count, rating_sum)
            is distinct from (counted.current, counted.completed, counted.count, counted.sum)
      returning course_statistics.course_id
    )
    select mended.course_id as "courseId",
           jsonb_build_object('enrollments', enrollment_count, 'completions', completion_count,
             'ratings', rating_count, 'ratingSum', rating_sum) as stored,
           jsonb_build_object('enrollments', counted.current, 'completions', counted.completed,
             'ratings', counted.count, 'ratingSum', counted.sum) as counted
    from mended join counted on counted.id = mended.course_id join stored on stored.course_id = mended.course_id`.execute(
    tx,
  );
  return rows;
}
