import { definePublicEvent } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, object } from '#platform/http/schema.ts';

const { userId, courseId, enrollmentId, lessonId } = exampleIds;

export const lessonCompleted = definePublicEvent(
  'lesson.completed',
  object({ userId: id, courseId: id, enrollmentId: id, lessonId: id }),
  {
    description: 'A learner completed a lesson. Once for each enrollment and lesson.',
    example: { userId, courseId, enrollmentId, lessonId },
  },
);
/** Once an enrollment: `completedAt` is never cleared, whatever happens to the course later. */
export const enrollmentCompleted = definePublicEvent(
  'enrollment.completed',
  object({ userId: id, courseId: id, enrollmentId: id }),
  {
    description: 'A learner completed the course. Once an enrollment, for good.',
    example: { userId, courseId, enrollmentId },
  },
);
