import { findUserId } from '#features/identity/commands/find-user-id.ts';
import { handOf, type Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { forbidden, notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { enrollmentCreated, enrollmentResumed } from '../events.ts';
import { refusalOfEnrolling, type Enrolling } from '../policy.ts';
import {
  findEnrolling,
  insertEnrollment,
  resumeEnrollment,
  type EnrollingRow,
} from '../queries/enrolling.ts';
import { getEnrollment, type EnrollmentRow } from '../queries/reading.ts';
import { recordByStaff } from './record-by-staff.ts';

export type WhoToEnroll = { userId?: string | undefined; email?: string | undefined };
export type Enrolled = { enrollment: EnrollmentRow; isNew: boolean };

/**
 * Enrolls the actor, or whom they name. A current enrollment is returned as it is; a withdrawn one is resumed with
 * all its progress. Of two at once one is new. Throws 404, 403 `forbidden`, `enrollment_closed` and `not_while_acting`, 409
 * `course_archived`, `course_not_published`, `account_deactivated`, `email_not_verified`, `already_staff` and
 * `withdrawn_by_staff`.
 */
export async function enroll(
  deps: Deps,
  actor: Actor,
  courseId: string,
  who: WhoToEnroll,
): Promise<Enrolled> {
  if (actor.impersonator && (who.userId !== undefined || who.email !== undefined))
    throw forbidden('Enroll others in your own name.', 'not_while_acting');
  const learnerId = await learnerIdOf(deps, actor, who);
  const isByEmail = who.email !== undefined;
  return inTransaction(deps.db, async (tx) => {
    // Whoever loses a race finds at the second look what the winner made of it.
    for (let look = 1; look <= 3; look++) {
      const done = await enrollOnce(deps, tx, actor, courseId, { learnerId, isByEmail });
      if (done) return { enrollment: await getEnrollment(tx, done.id), isNew: done.isNew };
    }
    throw new Error(`the enrollment of ${learnerId} in ${courseId} changed three times meanwhile`);
  });
}

async function learnerIdOf(deps: Deps, actor: Actor, { userId, email }: WhoToEnroll): Promise<string | null> {
  if (email !== undefined) return (await findUserId(deps.db, email)) ?? null;
  return userId ?? actor.userId;
}

async function enrollOnce(
  deps: Deps,
  tx: Tx,
  actor: Actor,
  wantedCourseId: string,
  { learnerId, isByEmail }: { learnerId: string | null; isByEmail: boolean },
): Promise<{ id: string; isNew: boolean } | undefined> {
  const row = await findEnrolling(tx, { courseId: wantedCourseId, actorId: actor.userId, learnerId });
  if (!row) throw notFound('Course');
  const enrolling = enrollingOf(row, isByEmail);
  const refusal = refusalOfEnrolling(actor, enrolling);
  if (refusal) throw refusal;
  // As the database spells them: the address and the body may hold capital letters.
  const courseId = row.course_id;
  const userId = enrolling.learner?.id ?? actor.userId;
  const now = deps.clock.now();
  if (row.current_id === null) {
    const id = newId();
    if (!(await insertEnrollment(tx, { id, courseId, userId, now }))) return undefined;
    await deps.events.publish(
      tx,
      fact(enrollmentCreated, handOf(actor), now, { enrollmentId: id, courseId, userId }),
    );
    await recordByStaff(deps, tx, actor, { action: 'enrollment.created', id, courseId, userId });
    return { id, isNew: true };
  }
  const found = { id: row.current_id, isNew: false };
  if (row.withdrawn_by === null) return found;
  if (!(await resumeEnrollment(tx, found.id, row.withdrawn_by, now))) return undefined;
  await deps.events.publish(
    tx,
    fact(enrollmentResumed, handOf(actor), now, { enrollmentId: found.id, courseId, userId }),
  );
  await recordByStaff(deps, tx, actor, { action: 'enrollment.resumed', id: found.id, courseId, userId });
  return found;
}

/** What `refusalOfEnrolling` decides by. `isByEmail`: the learner was named by an address. */
export function enrollingOf(row: EnrollingRow, isByEmail: boolean): Enrolling {
  return {
    selfEnrollment: row.self_enrollment,
    course: { status: row.course_status, staffRole: row.actor_role, hasAccess: row.actor_has_access },
    learner:
      row.learner_id === null
        ? undefined
        : { id: row.learner_id, status: row.learner_status ?? 'active', isStaff: row.learner_role !== null },
    isNamedUnproven: isByEmail && !row.is_learner_confirmed,
    current:
      row.current_status === null ? undefined : { status: row.current_status, withdrawnBy: row.withdrawn_by },
  };
}
