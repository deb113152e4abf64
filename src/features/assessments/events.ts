import { defineEvent } from '#platform/events.ts';
import { id, object } from '#platform/http/schema.ts';

const attemptFacts = object({
  userId: id,
  courseId: id,
  enrollmentId: id,
  lessonId: id,
  quizId: id,
  attemptId: id,
});

export const quizSubmitted = defineEvent('quiz.submitted', attemptFacts);
/** Whenever an attempt has a whole grade, and again when a grader changes it. */
export const quizGraded = defineEvent('quiz.graded', attemptFacts);
