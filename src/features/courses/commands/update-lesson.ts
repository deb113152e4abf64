import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { lessonChanged, type LessonChange as Change } from '../events.ts';
import type { CourseStanding } from '../queries/courses.ts';
import {
  findCourseIdOfLesson,
  lockLesson,
  updateLesson,
  type LessonChange,
  type LessonRow,
} from '../queries/lessons.ts';
import { touchOutline } from '../queries/outline.ts';
import { isLessonReady } from '../readiness.ts';
import type { LessonPatch } from '../schemas/outline.ts';
import { lockCourseFor } from './get-course.ts';
import { keepPublishable } from './keep-publishable.ts';
import { checkLessonInput } from './lesson-input.ts';

/** What authors change of a lesson. 400, 403, 404, 409 `course_not_ready` for emptying what is published, 412. */
export async function updateLessonByAuthor(
  deps: Deps,
  actor: Actor,
  id: string,
  patch: LessonPatch,
  versions: number[] | null,
): Promise<LessonRow> {
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const { course, lesson } = await lockLessonFor(tx, actor, id);
    requireVersion(versions, lesson.version);
    checkLessonInput(lesson.type, patch);
    const change = changeOf(patch);
    const merged = { ...lesson, ...change };
    const after = { ...merged, is_ready: isLessonReady(merged) };
    await keepPublishable(tx, course, lesson, after);
    const updated = await updateLesson(tx, id, { ...change, is_ready: after.is_ready }, now);
    if (isInOutline(patch) || updated.is_ready !== lesson.is_ready) await touchOutline(tx, course.id);
    const changed = changesBetween(lesson, updated).map((kind) =>
      fact(lessonChanged, actor.userId, now, { courseId: course.id, lessonId: lesson.id, change: kind }),
    );
    await deps.events.publish(tx, ...changed);
    return updated;
  });
}

/** Hides a lesson; its records stay. 403, 404, 409 `course_not_ready` for the last of a published course, 412. */
export async function deleteLesson(
  deps: Deps,
  actor: Actor,
  id: string,
  versions: number[] | null,
): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const { course, lesson } = await lockLessonFor(tx, actor, id);
    requireVersion(versions, lesson.version);
    await keepPublishable(tx, course, lesson, null);
    await updateLesson(tx, id, { deleted_at: now }, now);
    await touchOutline(tx, course.id);
    if (!lesson.is_ready) return;
    const data = { courseId: course.id, lessonId: lesson.id, change: 'deleted' as const };
    await deps.events.publish(tx, fact(lessonChanged, actor.userId, now, data));
  });
}

async function lockLessonFor(
  tx: Tx,
  actor: Actor,
  id: string,
): Promise<{ course: CourseStanding; lesson: LessonRow }> {
  const courseId = await findCourseIdOfLesson(tx, id);
  if (courseId === undefined) throw notFound('Lesson');
  const course = await lockCourseFor(tx, actor, courseId, 'course.edit');
  const lesson = await lockLesson(tx, id);
  if (!lesson) throw notFound('Lesson');
  return { course, lesson };
}

function changeOf(patch: LessonPatch): LessonChange {
  const { content, videoUrl, durationSeconds, isPreview, isRequired, completion } = patch;
  return {
    ...(patch.title !== undefined && { title: patch.title.trim() }),
    ...(content !== undefined && { content: content ?? '' }),
    ...(videoUrl !== undefined && { video_url: videoUrl }),
    ...(durationSeconds !== undefined && { duration_seconds: durationSeconds }),
    ...(isPreview !== undefined && { is_preview: isPreview }),
    ...(isRequired !== undefined && { is_required: isRequired }),
    ...(completion?.watchedPercent !== undefined && { watched_percent: completion.watchedPercent ?? 90 }),
  };
}

// What only the lesson itself shows does not move the outline's version.
function isInOutline({ content: _, videoUrl: __, ...shown }: LessonPatch): boolean {
  return Object.keys(shown).length > 0;
}

const demands = ['is_required', 'watched_percent', 'duration_seconds'] as const;

/** What learners have to do changes with a lesson that they are shown. */
function changesBetween(before: LessonRow, after: LessonRow): Change[] {
  if (before.is_ready !== after.is_ready) return [after.is_ready ? 'ready' : 'unready'];
  const isDemandChanged = demands.some((column) => before[column] !== after[column]);
  return after.is_ready && isDemandChanged ? ['requirement'] : [];
}
