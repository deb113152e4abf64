import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict } from '#platform/errors.ts';
import { beat } from '../heartbeat.ts';
import { missingIn } from '../missing.ts';
import { meetLesson } from './meet-lesson.ts';
import { completeMet, withKept, type LessonReached } from './save-heartbeat.ts';

/**
 * Confirms a text or a file; for other types asks whether their rule is met by now. Counts as a heartbeat. Harmless twice. Throws
 * what `meetLesson` throws, and 409 `completion_not_reached` with what is missing.
 */
export async function confirmCompletion(
  deps: Deps,
  actor: Actor,
  { enrollmentId, lessonId }: { enrollmentId: string; lessonId: string },
): Promise<LessonReached> {
  const { userId: actorId, sessionId } = actor;
  const touch = { lessonId, actorId, sessionId, now: deps.clock.now() };
  const reached = await inTransaction(deps.db, async (tx) => {
    const met = await meetLesson(tx, actor, enrollmentId, lessonId);
    const { enrollment, lesson } = met;
    if (lesson.completed_at) {
      return { lesson, progressPercent: enrollment.progressPercent, enrollmentStatus: enrollment.status };
    }
    const kept = beat(lesson, {}, touch.now);
    const isConfirmed = lesson.type === 'text' || lesson.type === 'file';
    const reasons = isConfirmed ? [] : missingIn(withKept(lesson, kept, touch.now));
    if (reasons.length > 0)
      throw conflict('completion_not_reached', 'What completes this lesson is not reached yet.', reasons);
    return completeMet(deps, tx, met, touch, kept);
  });
  deps.signals.tell('news', [actor.userId]);
  return reached;
}
