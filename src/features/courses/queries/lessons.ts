import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { fixedQuery } from '#platform/db/fixed-query.ts';
import { enrollmentOf, staffRoleOf } from './courses.ts';

export type LessonAttachment = {
  id: string;
  fileId: string;
  name: string;
  mediaType: string;
  sizeBytes: number;
};

const attachments = sql<LessonAttachment[]>`coalesce((
  select json_agg(json_build_object(
    'id', lesson_attachment.id, 'fileId', file.id, 'name', file.name, 'mediaType', file.media_type,
    'sizeBytes', file.size_bytes) order by lesson_attachment.position, lesson_attachment.id)
  from lesson_attachment join file on file.id = lesson_attachment.file_id
  where lesson_attachment.lesson_id = lesson.id), '[]')`;

const lessonColumns = [
  'lesson.id',
  'lesson.course_id',
  'lesson.section_id',
  'lesson.title',
  'lesson.type',
  'lesson.content',
  'lesson.video_url',
  'lesson.duration_seconds',
  'lesson.is_preview',
  'lesson.is_required',
  'lesson.is_ready',
  'lesson.watched_percent',
  'lesson.version',
  'lesson.created_at',
  'lesson.updated_at',
  attachments.as('attachments'),
] as const;

export type LessonRow = NonNullable<Awaited<ReturnType<typeof lockLesson>>>;

const lessonById = fixedQuery((db, { id, viewerId }: { id: string; viewerId: string | null }) =>
  db
    .selectFrom('lesson')
    .innerJoin('course', 'course.id', 'lesson.course_id')
    .select(lessonColumns)
    .select([
      'course.status',
      staffRoleOf(viewerId).as('staff_role'),
      enrollmentOf(viewerId).as('enrollment_id'),
    ])
    .where('lesson.id', '=', id)
    .where('lesson.deleted_at', 'is', null)
    .compile(),
);

/** A lesson that is not deleted, with how the viewer stands to its course. */
export async function findLesson(db: Db, id: string, viewerId: string | null) {
  const [row] = await lessonById(db, { id, viewerId });
  return row;
}

export async function findCourseIdOfLesson(db: Db, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('lesson')
    .select('course_id')
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row?.course_id;
}

/** A lesson that is not deleted. Its course is to be locked first. */
export function lockLesson(tx: Tx, id: string) {
  return tx
    .selectFrom('lesson')
    .select(lessonColumns)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export async function countLessons(tx: Tx, courseId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('lesson')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('course_id', '=', courseId)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

export type NewLesson = {
  id: string;
  course_id: string;
  section_id: string;
  title: string;
  type: 'text' | 'video' | 'quiz' | 'file';
  content: string;
  video_url: string | null;
  duration_seconds: number | null;
  is_preview: boolean;
  is_required: boolean;
  is_ready: boolean;
  watched_percent: number;
  created_at: Date;
  updated_at: Date;
};

/** At the end of its section. */
export function insertLesson(tx: Tx, lesson: NewLesson) {
  return tx
    .insertInto('lesson')
    .values({
      ...lesson,
      position: sql<number>`(
        select coalesce(max(position), -1) + 1 from lesson
        where section_id = ${lesson.section_id} and deleted_at is null)`,
    })
    .returning(lessonColumns)
    .executeTakeFirstOrThrow();
}

export type LessonChange = Partial<
  Pick<
    NewLesson,
    | 'title'
    | 'content'
    | 'video_url'
    | 'duration_seconds'
    | 'is_preview'
    | 'is_required'
    | 'is_ready'
    | 'watched_percent'
  >
> & { deleted_at?: Date };

/** Writes what an author changed; moves the lesson's version. */
export function updateLesson(tx: Tx, id: string, change: LessonChange, now: Date) {
  return tx
    .updateTable('lesson')
    .set((eb) => ({ ...change, version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', id)
    .returning(lessonColumns)
    .executeTakeFirstOrThrow();
}

/** Not an author's change of the lesson itself, so its version stays. */
export async function writeReadiness(tx: Tx, id: string, isReady: boolean): Promise<void> {
  await tx.updateTable('lesson').set({ is_ready: isReady }).where('id', '=', id).execute();
}
