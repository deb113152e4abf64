import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { newId } from '#platform/ids.ts';
import {
  findCourseIdOfSection,
  hideEmptySection,
  insertSection,
  lockSection,
  renameSection,
  touchOutline,
  type SectionRow,
} from '../queries/outline.ts';
import { maxSections } from '../schemas/outline.ts';
import { lockCourseFor } from './get-course.ts';

/** Adds a section at the end. 403, 404, 409 `course_full`. */
export async function addSection(
  deps: Deps,
  actor: Actor,
  courseId: string,
  title: string,
): Promise<SectionRow> {
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    await lockCourseFor(tx, actor, courseId, 'course.edit');
    const section = { id: newId(), courseId, title: title.trim(), now, maxCount: maxSections };
    const added = await insertSection(tx, section);
    if (!added) throw conflict('course_full', `A course has at most ${maxSections} sections.`);
    await touchOutline(tx, courseId);
    return added;
  });
}

/** Gives a section another title. 403, 404, 412. */
export async function updateSection(
  deps: Deps,
  actor: Actor,
  id: string,
  patch: { title?: string },
  versions: number[] | null,
): Promise<SectionRow> {
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const section = await lockSectionFor(tx, actor, id);
    requireVersion(versions, section.version);
    if (patch.title === undefined) return section;
    await touchOutline(tx, section.course_id);
    return renameSection(tx, id, patch.title.trim(), now);
  });
}

/** Takes an empty section away. 403, 404, 409 `section_not_empty`, 412. */
export async function deleteSection(
  deps: Deps,
  actor: Actor,
  id: string,
  versions: number[] | null,
): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const section = await lockSectionFor(tx, actor, id);
    requireVersion(versions, section.version);
    if (!(await hideEmptySection(tx, id, now))) {
      throw conflict('section_not_empty', 'The section has lessons. Move or delete them first.');
    }
    await touchOutline(tx, section.course_id);
  });
}

/** The section and its course, locked, for one who may edit it. Throws 404, 403. */
export async function lockSectionFor(tx: Tx, actor: Actor, id: string): Promise<SectionRow> {
  const courseId = await findCourseIdOfSection(tx, id);
  if (courseId === undefined) throw notFound('Section');
  await lockCourseFor(tx, actor, courseId, 'course.edit');
  const section = await lockSection(tx, id);
  if (!section) throw notFound('Section');
  return section;
}
