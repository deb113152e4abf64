import { setLessonReady } from '#features/courses/commands/set-lesson-ready.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { mayUseFile, refusalOfSetting } from '../policy.ts';
import {
  deleteAttachment,
  findAttachment,
  findLessonStanding,
  holdFileForCourse,
  insertAttachment,
  lockLesson,
  writeLessonFile,
  type AttachmentRow,
  type LessonStanding,
} from '../queries/lessons.ts';
import { maxAttachments } from '../schemas.ts';

type Choice = { lessonId: string; fileId: string };

/** Gives a lesson of type file its file, and makes it ready. 403, 404, 409 `wrong_lesson_type`. */
export async function setLessonFile(deps: Deps, actor: Actor, { lessonId, fileId }: Choice): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const lesson = await getSettable(tx, actor, lessonId);
    requireFileLesson(lesson);
    await holdFile(tx, actor, lesson, fileId);
    await writeLessonFile(tx, lessonId, fileId, now);
    await setLessonReady(deps, tx, { lessonId, isReady: true, actorId: actor.userId });
  });
}

/** Attaches a file at the end; one that is there already stays. 403, 404, 409 `attachments_full`. */
export async function attachFile(
  deps: Deps,
  actor: Actor,
  { lessonId, fileId }: Choice,
): Promise<{ attachment: AttachmentRow; isNew: boolean }> {
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const lesson = await getSettable(tx, actor, lessonId);
    if (!(await lockLesson(tx, lessonId))) throw notFound('Lesson');
    await holdFile(tx, actor, lesson, fileId);
    const earlier = await findAttachment(tx, { lessonId, fileId });
    if (earlier) return { attachment: earlier, isNew: false };
    const added = { id: newId(), lessonId, fileId, now, maxCount: maxAttachments };
    if (!(await insertAttachment(tx, added)))
      throw conflict('attachments_full', `A lesson has at most ${maxAttachments} attachments.`);
    const attachment = await findAttachment(tx, { lessonId, fileId });
    if (!attachment) throw notFound('File');
    return { attachment, isNew: true };
  });
}

/** Takes a file off a lesson; the file stays. 403, 404. */
export async function detachFile(
  deps: Deps,
  actor: Actor,
  lessonId: string,
  attachmentId: string,
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    await getSettable(tx, actor, lessonId);
    if (!(await deleteAttachment(tx, lessonId, attachmentId))) throw notFound('Attachment');
  });
}

/** Throws 409 where the lesson is of another type. */
export function requireFileLesson({ type }: Pick<LessonStanding, 'type'>): void {
  if (type === 'file') return;
  const reason = { code: 'lesson_type', params: { type }, message: 'Only a lesson of type file has a file.' };
  throw conflict('wrong_lesson_type', 'This lesson is not of type file.', [reason]);
}

async function getSettable(tx: Tx, actor: Actor, lessonId: string): Promise<LessonStanding> {
  const lesson = await findLessonStanding(tx, lessonId, actor.userId);
  if (!lesson) throw notFound('Lesson');
  const refusal = refusalOfSetting(actor, lesson.standing);
  if (refusal) throw refusal;
  return lesson;
}

async function holdFile(tx: Tx, actor: Actor, lesson: LessonStanding, fileId: string): Promise<void> {
  const file = await holdFileForCourse(tx, fileId, lesson.course_id);
  if (!file || !mayUseFile(actor, file)) throw notFound('File');
}
