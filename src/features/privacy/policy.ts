import { refusalOfGiving } from '#features/identity/policy.ts';
import { permissionsOf, type Actor, type Powers } from '#platform/auth/actor.ts';
import { conflict, type AppError } from '#platform/errors.ts';

/** Whoever is to be erased, and what hangs on them. */
export type Erasable = {
  person: Powers & { id: string; status: string };
  otherAdmins: number;
  /** Courses that would have no owner. */
  soleCourseIds: readonly string[];
};

/** Why somebody cannot be erased as things stand, or undefined. */
export function obstacleTo({ person, otherAdmins, soleCourseIds }: Erasable): AppError | undefined {
  if (person.role === 'admin' && person.status === 'active' && otherAdmins === 0)
    return conflict('last_admin', 'The last active admin must stay one. Make another admin first.');
  if (soleCourseIds.length === 0) return undefined;
  const reasons = soleCourseIds.map((courseId) => ({
    code: 'last_owner',
    params: { courseId },
    message: 'This course would have no owner.',
  }));
  return conflict(
    'last_owner',
    'Courses would be left without an owner. Give them another one first.',
    reasons,
  );
}

/** Why the actor may not have another person erased: they may act only on who may do no more than they. */
export function refusalOfErasing(actor: Actor, person: Powers & { id: string }): AppError | undefined {
  return actor.userId === person.id ? undefined : refusalOfGiving(actor, permissionsOf(person));
}
