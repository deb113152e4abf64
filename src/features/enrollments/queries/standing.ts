import type { Standing } from '#features/courses/policy.ts';
import type { Tx } from '#platform/db/database.ts';
import type { EnrollmentStatus } from './enrolling.ts';

/** An enrollment's state, with how the actor stands to its course. */
export type MetEnrollment = {
  id: string;
  userId: string;
  courseId: string;
  status: EnrollmentStatus;
  withdrawnBy: 'learner' | 'staff' | null;
  course: Standing;
};

/** Locks the enrollment until the transaction ends. */
export async function lockMetEnrollment(
  tx: Tx,
  id: string,
  actorId: string,
): Promise<MetEnrollment | undefined> {
  const row = await tx
    .selectFrom('enrollment')
    .innerJoin('course', 'course.id', 'enrollment.course_id')
    .leftJoin('course_staff', (join) =>
      join.onRef('course_staff.course_id', '=', 'course.id').on('course_staff.user_id', '=', actorId),
    )
    .select([
      'enrollment.id',
      'enrollment.user_id as userId',
      'enrollment.course_id as courseId',
      'enrollment.status',
      'enrollment.withdrawn_by as withdrawnBy',
      'course.status as courseStatus',
      'course_staff.role as staffRole',
    ])
    .where('enrollment.id', '=', id)
    .forNoKeyUpdate('enrollment')
    .executeTakeFirst();
  if (!row) return undefined;
  const { courseStatus, staffRole, ...enrollment } = row;
  const hasAccess = row.userId === actorId && row.status !== 'withdrawn';
  return { ...enrollment, course: { status: courseStatus, staffRole, hasAccess } };
}
