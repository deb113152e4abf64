import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { updateCourse } from '../queries/courses.ts';
import { lockCourseFor } from './get-course.ts';

/**
 * Hides a course from the catalogue and from new enrollments (`isArchived`), or brings it back as it was,
 * draft or published. Enrollments, records and certificates stay. Harmless twice. 403, 404, 412.
 */
export async function setCourseArchived(
  deps: Deps,
  actor: Actor,
  id: string,
  isArchived: boolean,
  versions: number[] | null,
): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const course = await lockCourseFor(tx, actor, id, 'course.edit');
    requireVersion(versions, course.version);
    if ((course.archived_at !== null) === isArchived) return;
    await updateCourse(tx, id, { archived_at: isArchived ? now : null }, undefined, now);
    const action = isArchived ? 'course.archived' : 'course.restored';
    await deps.audit.record(tx, { action, targetId: course.id, courseId: course.id });
  });
}
