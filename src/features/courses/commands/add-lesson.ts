import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { lessonChanged } from '../events.ts';
import { countLessons, insertLesson, type LessonRow, type NewLesson } from '../queries/lessons.ts';
import { touchOutline } from '../queries/outline.ts';
import { isLessonReady } from '../readiness.ts';
import { maxLessons, type NewLessonInput } from '../schemas/outline.ts';
import { checkLessonInput } from './lesson-input.ts';
import { lockSectionFor } from './sections.ts';

/** Adds a lesson at the end of a section. 400, 403, 404, 409 `course_full`. */
export async function addLesson(
  deps: Deps,
  actor: Actor,
  sectionId: string,
  input: NewLessonInput,
): Promise<LessonRow> {
  checkLessonInput(input.type, input);
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const section = await lockSectionFor(tx, actor, sectionId);
    if ((await countLessons(tx, section.course_id)) >= maxLessons) {
      throw conflict('course_full', `A course has at most ${maxLessons} lessons.`);
    }
    const lesson = await insertLesson(tx, rowOf(section, input, now));
    await touchOutline(tx, lesson.course_id);
    if (lesson.is_ready) {
      const data = { courseId: lesson.course_id, lessonId: lesson.id, change: 'ready' as const };
      await deps.events.publish(tx, fact(lessonChanged, actor.userId, now, data));
    }
    return lesson;
  });
}

function rowOf(section: { id: string; course_id: string }, input: NewLessonInput, now: Date): NewLesson {
  const lesson = {
    type: input.type,
    content: input.content ?? '',
    video_url: input.videoUrl ?? null,
    duration_seconds: input.durationSeconds ?? null,
  };
  return {
    ...lesson,
    id: newId(),
    course_id: section.course_id,
    section_id: section.id,
    title: input.title.trim(),
    is_preview: input.isPreview ?? false,
    is_required: input.isRequired ?? true,
    is_ready: isLessonReady({ ...lesson, is_ready: false }),
    watched_percent: input.completion?.watchedPercent ?? 90,
    created_at: now,
    updated_at: now,
  };
}
