import { sql } from 'kysely';
import type { StaffRole, Standing } from '#features/courses/policy.ts';

/** How the caller stands to the course of a row; read along with it, so that asking costs no statement. */
export type StandingRow = {
  course_status: Standing['status'];
  staff_role: StaffRole | null;
  /** The caller's own current enrollment. */
  own_enrollment_id: string | null;
  own_enrollment_status: 'active' | 'completed' | 'withdrawn' | null;
};

export const standingColumns = sql`
  course.status as course_status, staff.role as staff_role,
  own.id as own_enrollment_id, own.status as own_enrollment_status`;

/** After a join of `course`. `actorId` is null where nobody asks. */
export function standingJoins(actorId: string | null) {
  return sql`
    left join course_staff as staff on staff.course_id = course.id and staff.user_id = ${actorId}
    left join enrollment as own on own.course_id = course.id and own.user_id = ${actorId} and own.is_current`;
}

export function standingOf(row: StandingRow): Standing {
  const hasAccess = row.own_enrollment_status !== null && row.own_enrollment_status !== 'withdrawn';
  return { status: row.course_status, staffRole: row.staff_role, hasAccess };
}
