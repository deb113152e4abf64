import type { Actor } from '#platform/auth/actor.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { notFound } from '#platform/errors.ts';
import { requireIn, standingOf, type CoursePermission } from '../policy.ts';
import { findCourse, lockCourse, type CourseRow, type CourseStanding } from '../queries/courses.ts';

/** The course as it is now, for an answer. Throws 404. */
export async function getCourse(db: Db, id: string, viewerId: string | null): Promise<CourseRow> {
  const course = await findCourse(db, { id }, viewerId);
  if (!course) throw notFound('Course');
  return course;
}

/**
 * The course, locked until the transaction ends, for one who may change it: what is changed within a course
 * waits for one another. Throws 404, 403.
 */
export async function lockCourseFor(
  tx: Tx,
  actor: Actor,
  id: string,
  permission: CoursePermission,
): Promise<CourseStanding> {
  const course = await lockCourse(tx, id, actor.userId);
  if (!course) throw notFound('Course');
  requireIn(actor, permission, standingOf(course));
  return course;
}
