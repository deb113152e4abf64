import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { lessonChanged } from '../events.ts';
import { listOutline, touchOutline, writeOrder, type OutlineSectionRow } from '../queries/outline.ts';
import type { OutlineInput } from '../schemas/outline.ts';
import { lockCourseFor } from './get-course.ts';

export type Outline = { version: number; sections: OutlineSectionRow[] };

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
    const before = await listOutline(tx, courseId);
    if (!isWhole(before, input)) {
      throw conflict(
        'outline_changed',
        'Name every section and every lesson exactly once. Read the outline again.',
      );
    }
    await writeOrder(tx, input.sections);
    const version = await touchOutline(tx, courseId);
    const sections = await listOutline(tx, courseId);
    const moved = movedBetween(before, sections).map((lessonId) =>
      fact(lessonChanged, actor.userId, now, { courseId: course.id, lessonId, change: 'moved' }),
    );
    await deps.events.publish(tx, ...moved);
    return { version, sections };
  });
}

function isWhole(existing: readonly OutlineSectionRow[], { sections }: OutlineInput): boolean {
  const sectionIds = existing.map(({ id }) => id);
  const lessonIds = existing.flatMap(({ lessons }) => lessons.map(({ id }) => id));
  return (
    isPermutation(
      sectionIds,
      sections.map(({ id }) => id),
    ) &&
    isPermutation(
      lessonIds,
      sections.flatMap((section) => section.lessonIds),
    )
  );
}

function isPermutation(existing: readonly string[], named: readonly string[]): boolean {
  const left = new Set(existing);
  // A name that comes twice is not there the second time. Ids are compared in the spelling of the database.
  return existing.length === named.length && named.every((id) => left.delete(id.toLowerCase()));
}

/** Ready lessons that came into another section. */
function movedBetween(before: readonly OutlineSectionRow[], after: readonly OutlineSectionRow[]): string[] {
  const sectionOf = new Map(before.flatMap(({ id, lessons }) => lessons.map((lesson) => [lesson.id, id])));
  return after.flatMap(({ id, lessons }) =>
    lessons.filter((lesson) => lesson.is_ready && sectionOf.get(lesson.id) !== id).map((lesson) => lesson.id),
  );
}
