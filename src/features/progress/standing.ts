import type { EnrollmentStanding } from '#features/enrollments/policy.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { MetEnrollment } from './queries/lessons.ts';

/** An enrollment as the policies take it. */
export function standingOf(
  actor: Actor,
  enrollment: MetEnrollment,
): EnrollmentStanding & Pick<MetEnrollment, 'status'> {
  const { userId, status, courseStatus, staffRole } = enrollment;
  const hasAccess = userId === actor.userId && status !== 'withdrawn';
  return { userId, status, course: { status: courseStatus, staffRole, hasAccess } };
}
