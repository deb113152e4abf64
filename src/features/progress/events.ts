import { defineEvent } from '#platform/events.ts';
import { id, object } from '#platform/http/schema.ts';

export const lessonCompleted = defineEvent(
  'lesson.completed',
  object({ userId: id, courseId: id, enrollmentId: id, lessonId: id }),
);
/** Once an enrollment: `completedAt` is never cleared, whatever happens to the course later. */
export const enrollmentCompleted = defineEvent(
  'enrollment.completed',
  object({ userId: id, courseId: id, enrollmentId: id }),
);
