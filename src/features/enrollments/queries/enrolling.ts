import { sql } from 'kysely';
import type { StaffRole } from '#features/courses/policy.ts';
import type { Db, Tx } from '#platform/db/database.ts';

export type EnrollmentStatus = 'active' | 'completed' | 'withdrawn';

/** A course as one who wants to enroll somebody meets it. */
export type EnrollingRow = {
  course_id: string;
  course_status: 'draft' | 'published' | 'archived';
  self_enrollment: 'open' | 'closed';
  actor_role: StaffRole | null;
  actor_has_access: boolean;
  learner_id: string | null;
  learner_status: 'active' | 'deactivated' | null;
  /** Whether their address is; false where there is no such person. */
  is_learner_confirmed: boolean;
  learner_role: StaffRole | null;
  current_id: string | null;
  current_status: EnrollmentStatus | null;
  withdrawn_by: 'learner' | 'staff' | null;
};

/** The course, the actor's standing in it, the learner (null: no such person) and their current enrollment. */
export async function findEnrolling(
  db: Db,
  of: { courseId: string; actorId: string; learnerId: string | null },
): Promise<EnrollingRow | undefined> {
  const { rows } = await sql<EnrollingRow>`
    select course.id as course_id, course.status as course_status, course.self_enrollment, acting.role as actor_role,
           own.id is not null as actor_has_access, learner.id as learner_id, learner.status as learner_status,
           learner.email_verified_at is not null as is_learner_confirmed, staff.role as learner_role,
           enrolled.id as current_id, enrolled.status as current_status, enrolled.withdrawn_by
    from course
    left join course_staff as acting on acting.course_id = course.id and acting.user_id = ${of.actorId}
    left join enrollment as own on own.course_id = course.id and own.user_id = ${of.actorId}
      and own.is_current and own.withdrawn_at is null
    left join app_user as learner on learner.id = ${of.learnerId}
    left join course_staff as staff on staff.course_id = course.id and staff.user_id = learner.id
    left join enrollment as enrolled on enrolled.course_id = course.id and enrolled.user_id = learner.id and enrolled.is_current
    where course.id = ${of.courseId}`.execute(db);
  return rows[0];
}

/**
 * Enrolls and counts it, in one statement. False where the person has a current enrollment by now: of two at once
 * the second waits for the first's commit, then finds it.
 */
export async function insertEnrollment(
  tx: Tx,
  enrollment: { id: string; courseId: string; userId: string; now: Date },
): Promise<boolean> {
  const { rows } = await sql`
    with added as (
      insert into enrollment (id, course_id, user_id, created_at, updated_at)
      values (${enrollment.id}, ${enrollment.courseId}, ${enrollment.userId}, ${enrollment.now}, ${enrollment.now})
      on conflict (course_id, user_id) where is_current do nothing
      returning id, course_id
    ), counted as (
      update course_statistics set enrollment_count = enrollment_count + 1
      from added where course_statistics.course_id = added.course_id
    )
    select id from added`.execute(tx);
  return rows.length > 0;
}

/** Takes back a withdrawal that was made by `withdrawnBy`, and counts it. False where it is another's or none by now. */
export async function resumeEnrollment(
  tx: Tx,
  id: string,
  withdrawnBy: 'learner' | 'staff',
  now: Date,
): Promise<boolean> {
  const { rows } = await sql`
    with resumed as (
      update enrollment set withdrawn_at = null, withdrawn_by = null, updated_at = ${now}
      where id = ${id} and withdrawn_by = ${withdrawnBy}
      returning id, course_id
    ), counted as (
      update course_statistics set enrollment_count = enrollment_count + 1
      from resumed where course_statistics.course_id = resumed.course_id
    )
    select id from resumed`.execute(tx);
  return rows.length > 0;
}

/** Withdraws the enrollment, whose row is locked and not withdrawn, and counts it. */
export async function withdrawEnrollment(
  tx: Tx,
  id: string,
  by: 'learner' | 'staff',
  now: Date,
): Promise<void> {
  await sql`
    with withdrawn as (
      update enrollment set withdrawn_at = ${now}, withdrawn_by = ${by}, updated_at = ${now}
      where id = ${id}
      returning course_id
    )
    update course_statistics set enrollment_count = greatest(0, enrollment_count - 1)
    from withdrawn where course_statistics.course_id = withdrawn.course_id`.execute(tx);
}

/** A withdrawal by the learner becomes one by the staff: only they can resume it then. */
export async function claimWithdrawal(tx: Tx, id: string, now: Date): Promise<void> {
  await tx
    .updateTable('enrollment')
    .set({ withdrawn_by: 'staff', updated_at: now })
    .where('id', '=', id)
    .execute();
}
