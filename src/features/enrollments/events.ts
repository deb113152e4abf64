import { defineEvent } from '#platform/events.ts';
import { id, object } from '#platform/http/schema.ts';

const data = object({ enrollmentId: id, courseId: id, userId: id });

export const enrollmentCreated = defineEvent('enrollment.created', data);
/** `actorId` tells whether the learner or the staff did it. */
export const enrollmentWithdrawn = defineEvent('enrollment.withdrawn', data);
export const enrollmentResumed = defineEvent('enrollment.resumed', data);
