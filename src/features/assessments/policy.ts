import {
  may,
  mayReadLesson,
  refusalOfLesson,
  type CoursePermission,
  type Standing,
} from '#features/courses/policy.ts';
import type { Actor } from '#platform/auth/actor.ts';
import { conflict, forbidden, notFound, type AppError } from '#platform/errors.ts';

export const showResultsValues = ['never', 'score', 'afterPass', 'afterSubmission'] as const;
export type ShowResults = (typeof showResultsValues)[number];

export type QuizLesson = { isPreview: boolean; isReady: boolean };

/**
 * Why someone may not do this to a quiz, or undefined where they may: 403 for those who may know of the quiz,
 * 404 for strangers.
 */
export function refusalOfQuiz(
  actor: Actor,
  permission: CoursePermission,
  standing: Standing,
  lesson: QuizLesson,
): AppError | undefined {
  if (may(actor, permission, standing)) return undefined;
  return mayKnowQuiz(actor, standing, lesson) ? missing(permission) : notFound('Quiz');
}

function mayKnowQuiz(actor: Actor, standing: Standing, lesson: QuizLesson): boolean {
  return isStaff(actor, standing) || mayReadLesson(actor, standing, lesson);
}

/** Why someone may not write the settings of a lesson's quiz: 403 for those who may know of the course, else 404. */
export function refusalOfSettings(actor: Actor, standing: Standing): AppError | undefined {
  if (may(actor, 'course.edit', standing)) return undefined;
  return may(actor, 'course.view', standing) ? missing('course.edit') : notFound('Lesson');
}

/** Why someone may not read the settings of a lesson's quiz: they are for staff and all who may read the lesson. */
export function refusalOfReading(actor: Actor, standing: Standing, lesson: QuizLesson): AppError | undefined {
  return isStaff(actor, standing) ? undefined : refusalOfLesson(actor, standing, lesson);
}

/** Whoever sees the learners of a course sees the attempts, and with them questions and right answers. */
export function isStaff(actor: Actor, standing: Standing): boolean {
  return may(actor, 'learners.view', standing);
}

export type ListedFor = {
  course: Standing;
  /** Of the list of one quiz; null for the list of a whole course. */
  lesson: QuizLesson | null;
  /** Whether the actor has an enrollment of whatever state: who left a course still sees their own attempts. */
  wasEnrolled: boolean;
};

/** Why someone may not list attempts, their own: strangers have none, and get 403 where they may know of the course. */
export function refusalOfListing(
  actor: Actor,
  { course, lesson, wasEnrolled }: ListedFor,
): AppError | undefined {
  if (wasEnrolled || isStaff(actor, course)) return undefined;
  if (lesson) return mayKnowQuiz(actor, course, lesson) ? undefined : notFound('Quiz');
  return may(actor, 'course.view', course) ? missing('learners.view') : notFound('Course');
}

export type AttemptReader = 'staff' | 'learner';

/** As whom someone reads an attempt; undefined for strangers. Staff of a course see all of it. */
export function readerOf(actor: Actor, standing: Standing, learnerId: string): AttemptReader | undefined {
  if (isStaff(actor, standing)) return 'staff';
  return actor.userId === learnerId ? 'learner' : undefined;
}

/** Why someone may not grade an attempt: 404 for strangers; 403 for their own, which staff may have from before. */
export function refusalOfGrading(actor: Actor, standing: Standing, learnerId: string): AppError | undefined {
  if (actor.userId === learnerId) return forbidden('Nobody grades their own attempt.');
  if (may(actor, 'attempts.grade', standing)) return undefined;
  return isStaff(actor, standing) ? missing('attempts.grade') : notFound('Attempt');
}

/** Only its learner answers and submits an attempt: 404 for strangers, 403 for staff. */
export function refusalOfAnswering(
  actor: Actor,
  standing: Standing,
  learnerId: string,
): AppError | undefined {
  if (actor.userId === learnerId) return undefined;
  if (!isStaff(actor, standing)) return notFound('Attempt');
  return forbidden('Only its learner answers an attempt.');
}

export type Starting = {
  course: Standing;
  lesson: QuizLesson;
  /** The actor's current enrollment in the course. */
  enrollment: { id: string; status: 'active' | 'completed' | 'withdrawn' } | null;
  /** The enrollment that the actor asked for, if any. */
  wantedEnrollmentId: string | undefined;
};

/**
 * Why the actor may not attempt the quiz, or undefined: 404 for strangers, for others' enrollments and while the
 * quiz is not ready; 409 `not_enrolled`, for staff too, who are never enrollments; 409 `enrollment_withdrawn`.
 */
export function refusalOfStarting(actor: Actor, starting: Starting): AppError | undefined {
  const { course, lesson, enrollment, wantedEnrollmentId } = starting;
  if (!enrollment) {
    if (!mayKnowQuiz(actor, course, lesson)) return notFound('Quiz');
    return conflict('not_enrolled', 'Attempts are for the enrolled. Enroll in the course first.');
  }
  if (wantedEnrollmentId !== undefined && wantedEnrollmentId.toLowerCase() !== enrollment.id)
    return notFound('Enrollment');
  if (!lesson.isReady) return notFound('Quiz');
  if (enrollment.status !== 'withdrawn') return undefined;
  return withdrawn();
}

/** 409 for whoever left the course: their attempts stay, but go no further. */
export function withdrawn(): AppError {
  return conflict('enrollment_withdrawn', 'This enrollment was withdrawn. Enroll again to go on.');
}

export type Outcome = { status: 'inProgress' | 'needsGrading' | 'graded'; passed: boolean | null };
/** `score`: score, percent and passed. `answers`: each question's points, right answer, explanation, feedback. */
export type Shown = { score: boolean; answers: boolean };

/** What of an attempt's outcome may leave the server. `passed` is the attempt's own. */
export function shownTo(reader: AttemptReader, showResults: ShowResults, { status, passed }: Outcome): Shown {
  if (reader === 'staff') return { score: true, answers: true };
  if (status === 'inProgress') return { score: false, answers: false };
  switch (showResults) {
    case 'never':
      return { score: false, answers: false };
    case 'score':
      return { score: true, answers: false };
    case 'afterPass':
      return { score: true, answers: passed === true };
    case 'afterSubmission':
      return { score: true, answers: true };
  }
}

function missing(permission: CoursePermission): AppError {
  return forbidden('Your role in this course does not allow this.', 'forbidden', [
    {
      code: 'permission_required',
      params: { permission },
      message: `It needs the permission ${permission}.`,
    },
  ]);
}
