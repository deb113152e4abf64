import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { coursePublished } from '../events.ts';
import { updateCourse, type CourseRow } from '../queries/courses.ts';
import { listLessonSubstance } from '../queries/outline.ts';
import { reasonsOfCourse } from '../readiness.ts';
import { getCourse, lockCourseFor } from './get-course.ts';

/**
 * Shows a course to learners. Harmless twice: `publishedAt` stays. 403, 404, 409 `course_not_ready` with all
 * that is missing, 409 `course_archived`, 412.
 */
export async function publishCourse(
  deps: Deps,
  actor: Actor,
  id: string,
  versions: number[] | null,
): Promise<CourseRow> {
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const course = await lockCourseFor(tx, actor, id, 'course.edit');
    requireVersion(versions, course.version);
    if (course.archived_at !== null)
      throw conflict('course_archived', 'The course is archived. Restore it first.');
    if (course.published_at === null) {
      const reasons = reasonsOfCourse(course, await listLessonSubstance(tx, id));
      if (reasons.length > 0)
        throw conflict('course_not_ready', 'The course cannot be published yet.', reasons);
      await updateCourse(tx, id, { published_at: now }, undefined, now);
      await deps.events.publish(tx, fact(coursePublished, actor.userId, now, { courseId: course.id }));
      await deps.audit.record(tx, { action: 'course.published', ...ofCourse(course.id) });
    }
    return getCourse(tx, id, actor.userId);
  });
}

/** Takes a course back to a draft. The enrolled keep their access. Harmless twice. 403, 404, 412. */
export async function unpublishCourse(
  deps: Deps,
  actor: Actor,
  id: string,
  versions: number[] | null,
): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const course = await lockCourseFor(tx, actor, id, 'course.edit');
    requireVersion(versions, course.version);
    if (course.published_at === null) return;
    await updateCourse(tx, id, { published_at: null }, undefined, now);
    await deps.audit.record(tx, { action: 'course.unpublished', ...ofCourse(course.id) });
  });
}

function ofCourse(courseId: string): { targetId: string; courseId: string } {
  return { targetId: courseId, courseId };
}
