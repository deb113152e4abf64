import { hasPermission, type Actor } from '#platform/auth/actor.ts';

export const staffRoles = ['owner', 'coInstructor', 'assistant', 'observer'] as const;
export type StaffRole = (typeof staffRoles)[number];

/** How a person stands to a course. `hasAccess`: enrolled and not withdrawn. */
export type Standing = {
  status: 'draft' | 'published' | 'archived';
  staffRole: StaffRole | null;
  hasAccess: boolean;
};

/** What a person may do in one course, by name: clients decide by these, not by the role. */
export const coursePermissions = ['course.view', 'content.view', 'course.edit', 'staff.manage', 'learners.view', 'learners.manage', 'attempts.grade'] as const;
export type CoursePermission = (typeof coursePermissions)[number];

// Of a role within the course.
const permissionsOfStaff: Record<StaffRole, readonly CoursePermission[]> = {
  owner: coursePermissions,
  coInstructor: ['course.view', 'content.view', 'course.edit', 'learners.view', 'learners.manage', 'attempts.grade'],
  assistant: ['course.view', 'content.view', 'learners.view', 'attempts.grade'],
  observer: ['course.view', 'content.view', 'learners.view'],
};

/**
 * All that a person may do in a course. Admins may do everything; the enrolled keep what they have when a
 * course is unpublished or archived; strangers see what is published, and nothing of drafts.
 */
export function permissionsIn(actor: Actor | null, { status, staffRole, hasAccess }: Standing): readonly CoursePermission[] {
  if (actor && hasPermission(actor.role, 'courses.manageAny')) return coursePermissions;
  if (actor && staffRole) return permissionsOfStaff[staffRole];
  if (actor && hasAccess) return ['course.view', 'content.view'];
  return status === 'published' ? ['course.view'] : [];
}

export function may(actor: Actor | null, permission: CoursePermission, standing: Standing): boolean {
  return permissionsIn(actor, standing).includes(permission);
}

/** A lesson's content: for the enrolled, the staff, and anyone for a preview of what is published. */
export function mayReadLesson(actor: Actor | null, standing: Standing, lesson: { isPreview: boolean; isReady: boolean }): boolean {
  if (may(actor, 'course.edit', standing)) return true;
  if (!lesson.isReady) return false;
  return may(actor, 'content.view', standing) || (lesson.isPreview && standing.status === 'published');
}
