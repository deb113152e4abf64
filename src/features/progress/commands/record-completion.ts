import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { enrollmentCompleted, lessonCompleted } from '../events.ts';
import {
  completeLesson,
  lockEnrollment,
  type EnrollmentStatus,
  type Kept,
  type LockedEnrollment,
  type Touch,
} from '../queries/completion.ts';

export type RecordedCompletion = {
  progressPercent: number;
  enrollmentStatus: EnrollmentStatus;
  /** Whether the lesson was not complete before. */
  isNew: boolean;
};

/**
 * Marks a lesson complete, counts the percent anew and, when nothing that counts is missing, completes the enrollment:
 * all in the caller's transaction, with `lesson.completed` and `enrollment.completed` at most once each, however often
 * it is called. Takes the enrollment's row lock: a caller that also locks other rows of the learner takes this one
 * first. In a withdrawn enrollment the lesson counts, but completes nothing until it is resumed.
 *
 * Two statements, one more for events and one for the jobs that follow them. Throws 404 for an enrollment that is not there;
 * that the lesson belongs to its course is the caller's to know.
 */
export async function recordLessonCompletion(
  deps: Deps,
  tx: Tx,
  { enrollmentId, ...touch }: Touch & { enrollmentId: string },
): Promise<RecordedCompletion> {
  const locked = await lockEnrollment(tx, enrollmentId);
  if (!locked) throw notFound('Enrollment');
  return completeLocked(deps, tx, locked, touch, null);
}

/** The same where an earlier statement locked the enrollment, together with what a heartbeat left, if one did it. */
export async function completeLocked(
  deps: Deps,
  tx: Tx,
  enrollment: LockedEnrollment,
  touch: Touch,
  kept: Kept | null,
): Promise<RecordedCompletion> {
  const { id: enrollmentId, userId, courseId } = enrollment;
  const { lessonId, actorId, now } = touch;
  const { hasCompletedEnrollment, ...recorded } = await completeLesson(tx, enrollment, touch, kept);
  await deps.events.publish(
    tx,
    ...(recorded.isNew
      ? [fact(lessonCompleted, actorId, now, { userId, courseId, enrollmentId, lessonId })]
      : []),
    ...(hasCompletedEnrollment
      ? [fact(enrollmentCompleted, actorId, now, { userId, courseId, enrollmentId })]
      : []),
  );
  return recorded;
}
