import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { beat, type Heartbeat } from '../heartbeat.ts';
import { coveredSeconds, mergeIntervals } from '../intervals.ts';
import { missingIn } from '../missing.ts';
import { keepProgress, type EnrollmentStatus, type Kept, type Touch } from '../queries/completion.ts';
import type { LessonRow } from '../queries/lessons.ts';
import { meetLesson, type MetLesson } from './meet-lesson.ts';
import { completeLocked } from './record-completion.ts';

/** A lesson as it is now, with what that made of the enrollment. */
export type LessonReached = {
  lesson: LessonRow;
  progressPercent: number;
  enrollmentStatus: EnrollmentStatus;
};

/**
 * Takes a heartbeat; a lesson that misses nothing any more, such as a video that is watched enough, completes in the same
 * transaction. Never lowers what was reached. Throws what `meetLesson` throws.
 */
export async function saveHeartbeat(
  deps: Deps,
  actor: Actor,
  of: { enrollmentId: string; lessonId: string },
  heartbeat: Heartbeat,
): Promise<LessonReached> {
  const { userId: actorId, sessionId } = actor;
  const touch = { lessonId: of.lessonId, actorId, sessionId, now: deps.clock.now() };
  const reached = await inTransaction(deps.db, async (tx) => {
    const met = await meetLesson(tx, actor, of.enrollmentId, of.lessonId);
    const kept = beat(met.lesson, heartbeat, touch.now);
    const lesson = withKept(met.lesson, kept, touch.now);
    const completes = lesson.completed_at === null && missingIn(lesson).length === 0;
    if (completes) return completeMet(deps, tx, met, touch, kept);
    await keepProgress(tx, met.enrollment, touch, kept);
    const { progressPercent, status } = met.enrollment;
    return { lesson, progressPercent, enrollmentStatus: status };
  });
  deps.signals.tell('news', [actor.userId]);
  return reached;
}

/** Completes a lesson that was met, and keeps what led there. */
export async function completeMet(
  deps: Deps,
  tx: Tx,
  { enrollment, lesson }: MetLesson,
  touch: Touch,
  kept: Kept,
): Promise<LessonReached> {
  // The event tells the id as the database spells it; the address may hold capital letters.
  const told = { ...touch, lessonId: lesson.lesson_id };
  const { progressPercent, enrollmentStatus } = await completeLocked(deps, tx, enrollment, told, kept);
  const done = { ...withKept(lesson, kept, touch.now), completed_at: lesson.completed_at ?? touch.now };
  return { lesson: done, progressPercent, enrollmentStatus };
}

/** The lesson's row with what a heartbeat left in it. */
export function withKept(lesson: LessonRow, kept: Kept, now: Date): LessonRow {
  return {
    ...lesson,
    first_seen_at: lesson.first_seen_at ?? now,
    touched_at: now,
    position_seconds: kept.positionSeconds,
    position_at: kept.positionAt,
    seconds_watched: kept.secondsWatched,
    seconds_reported: coveredSeconds(mergeIntervals(kept.watched, [], lesson.duration_seconds ?? 0)),
    seconds_spent: kept.secondsSpent,
  };
}
