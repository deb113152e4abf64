import { may, type Standing } from '#features/courses/policy.ts';
import type { Actor } from '#platform/auth/actor.ts';
import { AppError, conflict, forbidden, notFound } from '#platform/errors.ts';

/** One person's enrollment as an actor meets it: whose it is, and how the actor stands to its course. */
export type EnrollmentStanding = { userId: string; course: Standing };

/** Whether its learner may read and learn: until it is withdrawn, whatever becomes of the course. */
export function hasAccess({ status }: { status: 'active' | 'completed' | 'withdrawn' }): boolean {
  return status !== 'withdrawn';
}

export function isOwn(actor: Actor, enrollment: { userId: string }): boolean {
  return actor.userId === enrollment.userId;
}

/** Its learner, staff of the course who see learners, and admins. To all others it does not exist. */
export function mayViewEnrollment(actor: Actor, { userId, course }: EnrollmentStanding): boolean {
  return isOwn(actor, { userId }) || may(actor, 'learners.view', course);
}

/** Its learner, and staff who manage learners. */
export function mayWithdrawEnrollment(actor: Actor, { userId, course }: EnrollmentStanding): boolean {
  return isOwn(actor, { userId }) || may(actor, 'learners.manage', course);
}

/** Learning, and judging the course, is for its learner alone: nobody does it for another. */
export function mayLearn(actor: Actor, { userId }: EnrollmentStanding): boolean {
  return isOwn(actor, { userId });
}

/** Why the actor may not do what `isAllowed` decided on: 404 to strangers, 403 to those who may see it. */
export function refusalOf(
  actor: Actor,
  enrollment: EnrollmentStanding,
  isAllowed: boolean,
): AppError | undefined {
  if (!mayViewEnrollment(actor, enrollment)) return notFound('Enrollment');
  return isAllowed ? undefined : forbidden('This enrollment is not yours to do this with.');
}

/** Why an actor may not learn in it, or undefined: 404, 403, or 409 `enrollment_withdrawn`. */
export function refusalOfLearning(
  actor: Actor,
  enrollment: EnrollmentStanding & { status: 'active' | 'completed' | 'withdrawn' },
): AppError | undefined {
  const refusal = refusalOf(actor, enrollment, mayLearn(actor, enrollment));
  if (refusal) return refusal;
  if (hasAccess(enrollment)) return undefined;
  return conflict('enrollment_withdrawn', 'This enrollment was withdrawn. Enroll again to go on.');
}

/** Who is to be enrolled, in what, as it is now. */
export type Enrolling = {
  selfEnrollment: 'open' | 'closed';
  /** How the actor stands to the course. */
  course: Standing;
  /** Undefined: there is no such person. */
  learner: { id: string; status: 'active' | 'deactivated'; isStaff: boolean } | undefined;
  /** By an address that they have not confirmed, so that it may be anybody who has registered with it. */
  isNamedUnproven: boolean;
  /** The learner's current enrollment, if there is one. */
  current:
    | { status: 'active' | 'completed' | 'withdrawn'; withdrawnBy: 'learner' | 'staff' | null }
    | undefined;
};

/**
 * Why the actor may not enroll this learner, or undefined. Whoever manages learners may enroll anyone, also where
 * self-enrollment is closed and where staff withdrew them. A current enrollment is no reason: asking again is harmless.
 */
export function refusalOfEnrolling(actor: Actor, enrolling: Enrolling): AppError | undefined {
  const { course, current, learner } = enrolling;
  const isManager = may(actor, 'learners.manage', course);
  // An archived course is hidden, but whoever has its address is told why it takes nobody.
  if (!may(actor, 'course.view', course) && course.status !== 'archived') return notFound('Course');
  const isSelf = learner?.id === actor.userId;
  if (!isSelf && !isManager) return forbidden('Only staff who manage learners enroll others.');
  if (!learner) return notFound('User');
  if (current && current.status !== 'withdrawn') return undefined;
  if (course.status === 'archived')
    return conflict('course_archived', 'The course is archived and takes no new enrollments.');
  if (course.status === 'draft')
    return conflict('course_not_published', 'Publish the course before you enroll anyone.');
  if (learner.status === 'deactivated')
    return conflict('account_deactivated', 'This account is deactivated.');
  if (!isSelf && enrolling.isNamedUnproven)
    return conflict(
      'email_not_verified',
      'Who has an account with this address has not confirmed that it is theirs. Enroll them by their id if you know whose it is.',
    );
  if (learner.isStaff) return conflict('already_staff', 'Staff of a course are not enrolled in it.');
  return isManager ? undefined : refusalOfSelf(enrolling);
}

function refusalOfSelf({ current, selfEnrollment }: Enrolling): AppError | undefined {
  if (current?.withdrawnBy === 'staff') {
    return conflict(
      'withdrawn_by_staff',
      'The staff of the course ended this enrollment. Only they can resume it.',
    );
  }
  if (selfEnrollment === 'open') return undefined;
  return forbidden('The course is open only to those whom its staff enroll.', 'enrollment_closed');
}
