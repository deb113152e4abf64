import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { lessonChanged } from '../events.ts';
import { lockCourse } from '../queries/courses.ts';
import { findCourseIdOfLesson, lockLesson, writeReadiness } from '../queries/lessons.ts';
import { touchOutline } from '../queries/outline.ts';
import { keepPublishable } from './keep-publishable.ts';

export type LessonReadiness = { lessonId: string; isReady: boolean; actorId: string | null };

/**
 * Says whether a lesson has what its type needs, for types whose substance is kept elsewhere (quizzes, files). The
 * caller has decided that the actor may. Throws 409 `course_not_ready` where that would empty a published
 * course, 404 for a deleted lesson. Harmless twice.
 */
export async function setLessonReady(
  deps: Deps,
  tx: Tx,
  { lessonId, isReady, actorId }: LessonReadiness,
): Promise<void> {
  const courseId = await findCourseIdOfLesson(tx, lessonId);
  const course = courseId === undefined ? undefined : await lockCourse(tx, courseId, null);
  const lesson = course && (await lockLesson(tx, lessonId));
  if (!course || !lesson) throw notFound('Lesson');
  if (lesson.is_ready === isReady) return;
  await keepPublishable(tx, course, lesson, { ...lesson, is_ready: isReady });
  await writeReadiness(tx, lessonId, isReady);
  await touchOutline(tx, course.id);
  const data = { courseId: course.id, lessonId, change: isReady ? ('ready' as const) : ('unready' as const) };
  await deps.events.publish(tx, fact(lessonChanged, actorId, deps.clock.now(), data));
}
