import { sql } from 'kysely';
import type { Standing } from '#features/courses/policy.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import type { FileRow } from './files.ts';

export type LessonStanding = {
  id: string;
  course_id: string;
  type: 'text' | 'video' | 'quiz' | 'file';
  is_preview: boolean;
  is_ready: boolean;
  standing: Standing;
  /** Of a lesson of type file, once it has one. */
  file: FileRow | null;
};

/** A lesson that is not deleted, its file, and how the viewer stands to its course. */
export async function findLessonStanding(
  db: Db,
  id: string,
  viewerId: string | null,
): Promise<LessonStanding | undefined> {
  const row = await db
    .selectFrom('lesson')
    .innerJoin('course', 'course.id', 'lesson.course_id')
    .leftJoin('course_staff', (join) =>
      join.onRef('course_staff.course_id', '=', 'course.id').on('course_staff.user_id', '=', viewerId),
    )
    .leftJoin('enrollment', (join) =>
      join
        .onRef('enrollment.course_id', '=', 'course.id')
        .on('enrollment.user_id', '=', viewerId)
        .on('enrollment.is_current', '=', true)
        .on('enrollment.withdrawn_at', 'is', null),
    )
    .leftJoin('lesson_file', 'lesson_file.lesson_id', 'lesson.id')
    .leftJoin('file', 'file.id', 'lesson_file.file_id')
    .select([
      'lesson.id',
      'lesson.course_id',
      'lesson.type',
      'lesson.is_preview',
      'lesson.is_ready',
      'course.status',
      'course_staff.role as staffRole',
      sql<boolean>`enrollment.id is not null`.as('hasAccess'),
      'file.id as file_id',
      'file.owner_id',
      'file.name',
      'file.media_type',
      'file.size_bytes',
      'file.sha256',
      'file.store_key',
      'file.created_at',
    ])
    .where('lesson.id', '=', id)
    .where('lesson.deleted_at', 'is', null)
    .executeTakeFirst();
  if (!row) return undefined;
  const { status, staffRole, hasAccess, id: lessonId, course_id, type, is_preview, is_ready, ...rest } = row;
  const { file_id, ...file } = rest;
  return {
    id: lessonId,
    course_id,
    type,
    is_preview,
    is_ready,
    standing: { status, staffRole, hasAccess },
    file: file_id === null ? null : ({ id: file_id, ...file } as FileRow),
  };
}

/** A file that cannot be deleted until the transaction ends, and whether the course uses it already. */
export async function holdFileForCourse(tx: Tx, fileId: string, courseId: string) {
  const { rows } = await sql<{ ownerId: string; isInCourse: boolean }>`
    select owner_id as "ownerId", exists (
      select from lesson
      where lesson.course_id = ${courseId} and lesson.deleted_at is null and lesson.id in (
        select lesson_id from lesson_file where file_id = file.id
        union select lesson_id from lesson_attachment where file_id = file.id)) as "isInCourse"
    from file where id = ${fileId} for key share of file`.execute(tx);
  return rows[0];
}

export async function writeLessonFile(tx: Tx, lessonId: string, fileId: string, now: Date): Promise<void> {
  await tx
    .insertInto('lesson_file')
    .values({ lesson_id: lessonId, file_id: fileId, updated_at: now })
    .onConflict((conflict) => conflict.column('lesson_id').doUpdateSet({ file_id: fileId, updated_at: now }))
    .execute();
}

export type AttachmentRow = {
  id: string;
  file_id: string;
  name: string;
  media_type: string;
  size_bytes: number;
};

function attachmentsIn(db: Db) {
  return db
    .selectFrom('lesson_attachment')
    .innerJoin('file', 'file.id', 'lesson_attachment.file_id')
    .select([
      'lesson_attachment.id',
      'lesson_attachment.file_id',
      'file.name',
      'file.media_type',
      'file.size_bytes',
    ]);
}

/** In their order. */
export function listAttachments(db: Db, lessonId: string): Promise<AttachmentRow[]> {
  return attachmentsIn(db)
    .where('lesson_attachment.lesson_id', '=', lessonId)
    .orderBy('lesson_attachment.position')
    .orderBy('lesson_attachment.id')
    .execute();
}

export function findAttachment(db: Db, of: { lessonId: string; fileId: string }) {
  return attachmentsIn(db)
    .where('lesson_attachment.lesson_id', '=', of.lessonId)
    .where('lesson_attachment.file_id', '=', of.fileId)
    .executeTakeFirst();
}

/** What is attached to a lesson, one after the other. */
export async function lockLesson(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('lesson')
    .select('id')
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/** At the end; false where the lesson has `maxCount`. The lesson must be locked. */
export async function insertAttachment(
  tx: Tx,
  attachment: { id: string; lessonId: string; fileId: string; now: Date; maxCount: number },
): Promise<boolean> {
  const { id, lessonId, fileId, now, maxCount } = attachment;
  const { rows } = await sql`
    insert into lesson_attachment (id, lesson_id, file_id, position, created_at)
    select ${id}, ${lessonId}::uuid, ${fileId}, coalesce(max(position), 0) + 1, ${now}
    from lesson_attachment where lesson_id = ${lessonId}
    having count(*) < ${maxCount}
    returning id`.execute(tx);
  return rows.length > 0;
}

export async function deleteAttachment(tx: Tx, lessonId: string, id: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('lesson_attachment')
    .where('id', '=', id)
    .where('lesson_id', '=', lessonId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
