import { defineEvent, definePublicEvent } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, object, oneOf } from '#platform/http/schema.ts';

export const coursePublished = definePublicEvent('course.published', object({ courseId: id }), {
  description: 'A course was published, for the first time or again.',
  example: { courseId: exampleIds.courseId },
});

/**
 * What learners have to do in a course has changed. `moved` is a lesson that came into another section; the
 * order alone is no fact.
 */
export const lessonChanged = defineEvent(
  'lesson.changed',
  object({
    courseId: id,
    lessonId: id,
    change: oneOf(['ready', 'unready', 'deleted', 'moved', 'requirement']),
  }),
);
export type LessonChange = 'ready' | 'unready' | 'deleted' | 'moved' | 'requirement';
