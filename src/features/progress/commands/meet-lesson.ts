import { refusalOfLearning } from '#features/enrollments/policy.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { notFound } from '#platform/errors.ts';
import {
  findLesson,
  lockMetEnrollment,
  type LessonRowWithWatched,
  type MetEnrollment,
} from '../queries/lessons.ts';
import { standingOf } from '../standing.ts';

export type MetLesson = { enrollment: MetEnrollment; lesson: LessonRowWithWatched };

/**
 * Locks the actor's enrollment, then reads a lesson of its course: two statements, for the second must see what whoever
 * held the lock left. Throws 404, 403 for staff, 409 `enrollment_withdrawn`; 404 too for a lesson of another course, one
 * that is not ready and one that is deleted.
 */
export async function meetLesson(
  tx: Tx,
  actor: Actor,
  enrollmentId: string,
  lessonId: string,
): Promise<MetLesson> {
  const enrollment = await lockMetEnrollment(tx, enrollmentId, actor.userId);
  if (!enrollment) throw notFound('Enrollment');
  const refusal = refusalOfLearning(actor, standingOf(actor, enrollment));
  if (refusal) throw refusal;
  const lesson = await findLesson(tx, enrollment, lessonId);
  if (!lesson) throw notFound('Lesson');
  return { enrollment, lesson };
}
