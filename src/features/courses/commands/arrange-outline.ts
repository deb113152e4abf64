import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { lessonChanged } from '../events.ts';
import {
  listLessonsOf,
  listSectionsOf,
  touchOutline,
  writeOrder,
  type OutlineLessonRow,
  type SectionRow,
} from '../queries/outline.ts';
import type { OutlineInput } from '../schemas/outline.ts';
import { lockCourseFor } from './get-course.ts';

export type Outline = { version: number; sections: SectionRow[]; lessons: OutlineLessonRow[] };

/**
 * Puts sections and lessons into an order, and lessons into sections, in one go. It names every one once, so
 * that nobody arranges what they have not seen: else 409 `outline_changed`. 403, 404, 412.
 */
export async function arrangeOutline(
  deps: Deps,
  actor: Actor,
  courseId: string,
  input: OutlineInput,
  versions: number[] | null,
): Promise<Outline> {
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const course = await lockCourseFor(tx, actor, courseId, 'course.edit');
    requireVersion(versions, course.outline_version);
    const before = await listLessonsOf(tx, courseId);
    const sectionIds = (await listSectionsOf(tx, courseId)).map(({ id }) => id);
    const isWhole =
      isPermutation(
        sectionIds,
        input.sections.map(({ id }) => id),
      ) &&
      isPermutation(
        before.map(({ id }) => id),
        input.sections.flatMap(({ lessonIds }) => lessonIds),
      );
    if (!isWhole)
      throw conflict(
        'outline_changed',
        'Name every section and every lesson exactly once. Read the outline again.',
      );
    await writeOrder(tx, input.sections);
    const version = await touchOutline(tx, courseId);
    const lessons = await listLessonsOf(tx, courseId);
    const moved = movedBetween(before, lessons).map((lessonId) =>
      fact(lessonChanged, actor.userId, now, { courseId, lessonId, change: 'moved' }),
    );
    await deps.events.publish(tx, ...moved);
    return { version, sections: await listSectionsOf(tx, courseId), lessons };
  });
}

function isPermutation(existing: readonly string[], named: readonly string[]): boolean {
  const left = new Set(existing);
  // A name that comes twice is not there the second time. Ids are compared in the spelling of the database.
  return existing.length === named.length && named.every((id) => left.delete(id.toLowerCase()));
}

function movedBetween(before: readonly OutlineLessonRow[], after: readonly OutlineLessonRow[]): string[] {
  const sectionOf = new Map(before.map((lesson) => [lesson.id, lesson.section_id]));
  return after
    .filter((lesson) => lesson.is_ready && sectionOf.get(lesson.id) !== lesson.section_id)
    .map((lesson) => lesson.id);
}
