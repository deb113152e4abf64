import { sql } from 'kysely';
import type { Tx } from '#platform/db/database.ts';
import type { EnrollingRow } from './enrolling.ts';

/** What a file names: the key of an address, and a course by its id or by an address that it has or had. */
export type Named = { emailKey: string; course: string };

/**
 * Each named course, where there is one, as the actor meets it, with the named person and their current enrollment;
 * one row for each that is named, in order. `course_id` null: there is no such course.
 */
export async function listEnrolling(
  tx: Tx,
  actorId: string,
  named: readonly Named[],
): Promise<(Omit<EnrollingRow, 'course_id'> & { course_id: string | null })[]> {
  const keys = named.map(({ emailKey }) => emailKey);
  const courses = named.map(({ course }) => course.toLowerCase());
  const { rows } = await sql<EnrollingRow>`
    select course.id as course_id, course.status as course_status, course.self_enrollment, acting.role as actor_role,
           own.id is not null as actor_has_access, learner.id as learner_id, learner.status as learner_status,
           learner.email_verified_at is not null as is_learner_confirmed, staff.role as learner_role,
           enrolled.id as current_id, enrolled.status as current_status, enrolled.withdrawn_by
    from unnest(${keys}::text[], ${courses}::text[]) with ordinality as named (email_key, course, number)
    left join course_slug on course_slug.slug = named.course
    left join course on course.id = coalesce(course_slug.course_id, case
      when named.course ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then named.course::uuid end)
    left join course_staff as acting on acting.course_id = course.id and acting.user_id = ${actorId}
    left join enrollment as own on own.course_id = course.id and own.user_id = ${actorId}
      and own.is_current and own.withdrawn_at is null
    left join app_user as learner on learner.email_key = named.email_key
    left join course_staff as staff on staff.course_id = course.id and staff.user_id = learner.id
    left join enrollment as enrolled on enrolled.course_id = course.id and enrolled.user_id = learner.id and enrolled.is_current
    order by named.number`.execute(tx);
  return rows;
}

export type NewEnrollment = { id: string; courseId: string; userId: string };

/** Enrolls and counts. Returns how many: somebody who has a current enrollment by now gets none. */
export async function insertEnrollments(
  tx: Tx,
  enrollments: readonly NewEnrollment[],
  now: Date,
): Promise<number> {
  if (enrollments.length === 0) return 0;
  const { rows } = await sql`
    with added as (
      insert into enrollment (id, course_id, user_id, created_at, updated_at)
      select id, course_id, user_id, ${now}, ${now}
      from unnest(${enrollments.map(({ id }) => id)}::uuid[],
                  ${enrollments.map(({ courseId }) => courseId)}::uuid[],
                  ${enrollments.map(({ userId }) => userId)}::uuid[]) as given (id, course_id, user_id)
      on conflict (course_id, user_id) where is_current do nothing
      returning id, course_id
    ), counted as (
      update course_statistics set enrollment_count = enrollment_count + each.count
      from (select course_id, count(*)::int as count from added group by course_id) as each
      where course_statistics.course_id = each.course_id
    )
    select id from added`.execute(tx);
  return rows.length;
}
