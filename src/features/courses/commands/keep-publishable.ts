import type { Tx } from '#platform/db/database.ts';
import { conflict } from '#platform/errors.ts';
import { countOtherRequiredLessons } from '../queries/outline.ts';
import { reasonsOfLesson, requiredLessonMissing, type LessonSubstance } from '../readiness.ts';

/**
 * Refuses what would empty a published course: a ready lesson that loses what its type needs, or the last
 * ready and required lesson. `after` is the lesson as it would be, null where it would be deleted. The course
 * must be locked. Throws 409 `course_not_ready`.
 */
export async function keepPublishable(
  tx: Tx,
  course: { id: string; published_at: Date | null },
  before: LessonSubstance,
  after: LessonSubstance | null,
): Promise<void> {
  if (course.published_at === null || !before.is_ready) return;
  if (after && !after.is_ready) {
    throw conflict(
      'course_not_ready',
      'The course is published, so its lessons keep what they need.',
      reasonsOfLesson(after),
    );
  }
  if (!before.is_required || after?.is_required) return;
  if ((await countOtherRequiredLessons(tx, course.id, before.id)) === 0) {
    throw conflict('course_not_ready', 'The course is published, so it keeps a required lesson.', [
      requiredLessonMissing,
    ]);
  }
}
