import { definePublicEvent } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, object } from '#platform/http/schema.ts';

const data = object({ enrollmentId: id, courseId: id, userId: id });
const { enrollmentId, courseId, userId } = exampleIds;
const example = { enrollmentId, courseId, userId };

export const enrollmentCreated = definePublicEvent('enrollment.created', data, {
  description: 'Somebody was enrolled in a course for the first time; `actorId` tells who did it.',
  example,
});
/** `actorId` tells whether the learner or the staff did it. */
export const enrollmentWithdrawn = definePublicEvent('enrollment.withdrawn', data, {
  description: 'An enrollment was withdrawn, by its learner or by staff: `actorId` tells.',
  example,
});
export const enrollmentResumed = definePublicEvent('enrollment.resumed', data, {
  description: 'A withdrawn enrollment goes on, with the progress that it had.',
  example,
});
