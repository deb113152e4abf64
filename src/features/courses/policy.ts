import { hasPermission, type Actor, type Powers } from '#platform/auth/actor.ts';
import { conflict, forbidden, notFound, unauthenticated, type AppError } from '#platform/errors.ts';

export const staffRoles = ['owner', 'coInstructor', 'assistant', 'observer'] as const;
export type StaffRole = (typeof staffRoles)[number];

/** How a person stands to a course. `hasAccess`: enrolled and not withdrawn. */
export type Standing = {
  status: 'draft' | 'published' | 'archived';
  staffRole: StaffRole | null;
  hasAccess: boolean;
};

/** A row that was read for a person, as their standing. `enrollment_id`: of an enrollment that gives access. */
export function standingOf(row: {
  status: Standing['status'];
  staff_role: StaffRole | null;
  enrollment_id: string | null;
}): Standing {
  return { status: row.status, staffRole: row.staff_role, hasAccess: row.enrollment_id !== null };
}

/** What a person may do in one course, by name: clients decide by these, not by the role. */
export const coursePermissions = [
  'course.view',
  'content.view',
  'course.edit',
  'staff.manage',
  'learners.view',
  'learners.manage',
  'attempts.grade',
] as const;
export type CoursePermission = (typeof coursePermissions)[number];

// Of a role within the course.
const permissionsOfStaff: Record<StaffRole, readonly CoursePermission[]> = {
  owner: coursePermissions,
  coInstructor: [
    'course.view',
    'content.view',
    'course.edit',
    'learners.view',
    'learners.manage',
    'attempts.grade',
  ],
  assistant: ['course.view', 'content.view', 'learners.view', 'attempts.grade'],
  observer: ['course.view', 'content.view', 'learners.view'],
};

/**
 * The roles in a course that count for whom may do this in the institution. Who no longer makes courses no longer
 * has what goes with those that they made; the row stays, for the day that they do again.
 */
export function countingStaffRoles(person: Powers): readonly StaffRole[] {
  return hasPermission(person, 'courses.create') ? staffRoles : ['assistant', 'observer'];
}

/** Why somebody may do in a course what they may: by a permission, as its staff, as its learner, or as anybody. */
export type Ground =
  | { by: 'permission'; permission: 'courses.manageAny' | 'courses.observeAny' }
  | { by: 'staff'; role: StaffRole }
  | { by: 'enrollment' }
  | { by: 'publication' };

/**
 * The grounds that an actor has, each with what it gives. Admins may do everything; the enrolled keep what they have
 * when a course is unpublished or archived; strangers see what is published, and nothing of drafts.
 */
export function groundsIn(
  actor: Actor | null,
  { status, staffRole, hasAccess }: Standing,
): readonly { ground: Ground; permissions: readonly CoursePermission[] }[] {
  const grounds: { ground: Ground; permissions: readonly CoursePermission[] }[] = [];
  const add = (ground: Ground, permissions: readonly CoursePermission[]) =>
    grounds.push({ ground, permissions });
  if (actor && hasPermission(actor, 'courses.manageAny'))
    add({ by: 'permission', permission: 'courses.manageAny' }, coursePermissions);
  if (actor && hasPermission(actor, 'courses.observeAny'))
    add({ by: 'permission', permission: 'courses.observeAny' }, permissionsOfStaff.observer);
  if (actor && staffRole && countingStaffRoles(actor).includes(staffRole))
    add({ by: 'staff', role: staffRole }, permissionsOfStaff[staffRole]);
  if (actor && hasAccess) add({ by: 'enrollment' }, ['course.view', 'content.view']);
  if (status === 'published') add({ by: 'publication' }, ['course.view']);
  return grounds;
}

/** All that a person may do in a course, on whatever ground. */
export function permissionsIn(actor: Actor | null, standing: Standing): readonly CoursePermission[] {
  const given = new Set(groundsIn(actor, standing).flatMap(({ permissions }) => permissions));
  return coursePermissions.filter((permission) => given.has(permission));
}

export function may(actor: Actor | null, permission: CoursePermission, standing: Standing): boolean {
  return permissionsIn(actor, standing).includes(permission);
}

/** Throws 404 to those who may not know of the course, 401 or 403 to those who may. */
export function requireIn(actor: Actor | null, permission: CoursePermission, standing: Standing): void {
  if (may(actor, permission, standing)) return;
  if (!may(actor, 'course.view', standing)) throw notFound('Course');
  if (!actor) throw unauthenticated();
  throw forbidden('Your part in this course does not allow this.', 'forbidden', [
    {
      code: 'permission_required',
      params: { permission },
      message: `It needs the permission ${permission} in the course.`,
    },
  ]);
}

/** A lesson's content: for the enrolled, the staff, and anyone for a preview of what is published. */
export function mayReadLesson(
  actor: Actor | null,
  standing: Standing,
  lesson: { isPreview: boolean; isReady: boolean },
): boolean {
  if (may(actor, 'course.edit', standing)) return true;
  if (!lesson.isReady) return false;
  return may(actor, 'content.view', standing) || (lesson.isPreview && standing.status === 'published');
}

/**
 * Why a lesson is not shown: 404 where they may not know of it; else it is for the enrolled, so 401 to the
 * anonymous, who may be one of them, and 403 to the signed in. Undefined where it is shown.
 */
export function refusalOfLesson(
  actor: Actor | null,
  standing: Standing,
  lesson: { isPreview: boolean; isReady: boolean },
): AppError | undefined {
  if (mayReadLesson(actor, standing, lesson)) return undefined;
  if (!lesson.isReady || !may(actor, 'course.view', standing)) return notFound('Lesson');
  if (!actor) return unauthenticated('Sign in and enroll to read this lesson.');
  return forbidden('This lesson is for those who are enrolled in the course.', 'not_enrolled', [
    { code: 'enrollment_required', message: 'Enroll in the course first.' },
  ]);
}

/** What a change of a course's staff must respect. */
export type StaffChange = {
  /** Of the person at present. */
  current: StaffRole | null;
  /** Null: no longer of the staff. */
  next: StaffRole | null;
  /** What the person may do in the institution; null where they leave the staff. */
  powers: Powers | null;
  otherOwners: number;
  /** Whether they are enrolled in the course and have not completed it. */
  isLearning: boolean;
};

/** Why the staff may not be changed so, or undefined where it may. */
export function refusalOfStaffChange({
  current,
  next,
  powers,
  otherOwners,
  isLearning,
}: StaffChange): AppError | undefined {
  if (current === 'owner' && next !== 'owner' && otherOwners === 0) {
    return conflict('last_owner', 'A course keeps an owner. Make another one first.');
  }
  // Staff read the right answers.
  if (next !== null && current === null && isLearning) {
    return conflict('still_learning', 'They are learning in this course. Withdraw their enrollment first.');
  }
  if (next !== null && !(powers && countingStaffRoles(powers).includes(next))) {
    return conflict('staff_role_not_allowed', 'Only instructors and admins can be owner or co-instructor.');
  }
  return undefined;
}
