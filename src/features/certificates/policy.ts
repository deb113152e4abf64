import { may, type Standing } from '#features/courses/policy.ts';
import { hasPermission, type Actor } from '#platform/auth/actor.ts';
import { conflict, forbidden, notFound, type AppError } from '#platform/errors.ts';

/** Its learner, staff of the course who see learners, and admins. To all others it does not exist. */
export function mayViewCertificate(actor: Actor, certificate: { userId: string; course: Standing }): boolean {
  return actor.userId === certificate.userId || may(actor, 'learners.view', certificate.course);
}

/**
 * Why the actor may not list these certificates, or undefined. Whoever manages certificates lists any; staff list
 * those of one course. `course` is how the actor stands to the course that they ask for: null where they ask for
 * none, undefined where there is no such course.
 */
export function refusalOfListing(actor: Actor, course: Standing | null | undefined): AppError | undefined {
  if (hasPermission(actor, 'certificates.manage')) return undefined;
  if (course === null) {
    const reason = {
      path: 'courseId',
      code: 'required',
      message: 'Name a course whose learners you may see.',
    };
    return forbidden('Only admins list the certificates of all courses.', 'forbidden', [reason]);
  }
  if (!course || !may(actor, 'course.view', course)) return notFound('Course');
  if (may(actor, 'learners.view', course)) return undefined;
  return forbidden('Only staff of the course see the certificates of its learners.');
}

/** Why a certificate cannot be replaced, or undefined: only the last of a completion can, while there is a name to put on it. */
export function refusalOfReissue({
  replacedById,
  isErased,
}: {
  replacedById: string | null;
  isErased: boolean;
}): AppError | undefined {
  if (isErased)
    return conflict('learner_erased', 'Its learner was erased: nobody is left to issue a certificate to.');
  if (replacedById === null) return undefined;
  const reason = {
    code: 'certificate_replaced',
    params: { certificateId: replacedById },
    message: 'Reissue the newer one.',
  };
  return conflict('certificate_replaced', 'This certificate was replaced already.', [reason]);
}
