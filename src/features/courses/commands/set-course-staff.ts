import { secureRise } from '#features/identity/commands/secure-rise.ts';
import { changed } from '#platform/audit/audit.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { refusalOfStaffChange, type StaffRole } from '../policy.ts';
import {
  countOtherOwners,
  deleteStaff,
  findCandidate,
  findStaff,
  writeStaff,
  type StaffRow,
} from '../queries/staff.ts';
import { lockCourseFor } from './get-course.ts';

/**
 * Makes a person part of a course's staff, or changes their part. 403, 404, 409 `last_owner`,
 * 409 `staff_role_not_allowed`, 409 `still_learning`.
 */
export async function setCourseStaff(
  deps: Deps,
  actor: Actor,
  { courseId, userId, role }: { courseId: string; userId: string; role: StaffRole },
): Promise<StaffRow> {
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    await lockCourseFor(tx, actor, courseId, 'staff.manage');
    const person = await findCandidate(tx, courseId, userId);
    if (!person) throw notFound('User');
    const current = await findStaff(tx, courseId, userId);
    const otherOwners = await countOtherOwners(tx, courseId, userId);
    const refusal = refusalOfStaffChange({
      current: current?.role ?? null,
      next: role,
      powers: person,
      otherOwners,
      isLearning: person.isLearning,
    });
    if (refusal) throw refusal;
    await writeStaff(tx, courseId, userId, role, now);
    const row = await findStaff(tx, courseId, userId);
    if (!row) throw notFound('User');
    await record(deps, tx, { courseId, userId }, { before: current?.role ?? null, after: role });
    // Whoever may do everything in every course gains nothing by one of them.
    if (current?.role !== role)
      await secureRise(deps, tx, { userIds: [userId], gained: ['courses.manageAny'] });
    return row;
  });
}

/** Takes a person out of a course's staff. 403, 404, 409 `last_owner`. */
export async function removeCourseStaff(
  deps: Deps,
  actor: Actor,
  courseId: string,
  userId: string,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await lockCourseFor(tx, actor, courseId, 'staff.manage');
    const current = await findStaff(tx, courseId, userId);
    if (!current) throw notFound('Staff member');
    const otherOwners = await countOtherOwners(tx, courseId, userId);
    const refusal = refusalOfStaffChange({
      current: current.role,
      next: null,
      powers: null,
      otherOwners,
      isLearning: false,
    });
    if (refusal) throw refusal;
    await deleteStaff(tx, courseId, userId);
    await record(deps, tx, { courseId, userId }, { before: current.role, after: null });
  });
}

async function record(
  { audit }: Deps,
  tx: Tx,
  { courseId, userId }: { courseId: string; userId: string },
  role: { before: StaffRole | null; after: StaffRole | null },
): Promise<void> {
  const change = changed({ role: role.before }, { role: role.after });
  if (!change) return;
  await audit.record(tx, {
    action: 'course_staff.changed',
    targetId: courseId,
    personId: userId,
    courseId,
    ...change,
  });
}
