import { definePublicEvent } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, object } from '#platform/http/schema.ts';

const attemptFacts = object({
  userId: id,
  courseId: id,
  enrollmentId: id,
  lessonId: id,
  quizId: id,
  attemptId: id,
});
const { userId, courseId, enrollmentId, lessonId, quizId, attemptId } = exampleIds;
const example = { userId, courseId, enrollmentId, lessonId, quizId, attemptId };

export const quizSubmitted = definePublicEvent('quiz.submitted', attemptFacts, {
  description: 'An attempt at a quiz was submitted; without `actorId` its time had run out.',
  example,
});
/** Whenever an attempt has a whole grade, and again when a grader changes it. */
export const quizGraded = definePublicEvent('quiz.graded', attemptFacts, {
  description: 'An attempt has a whole grade: at once, by a grader, and again when a grader changes it.',
  example,
});
