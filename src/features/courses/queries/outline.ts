import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { fixedQuery } from '#platform/db/fixed-query.ts';

export type OutlineLessonRow = {
  id: string;
  title: string;
  type: 'text' | 'video' | 'quiz' | 'file';
  duration_seconds: number | null;
  is_preview: boolean;
  is_required: boolean;
  is_ready: boolean;
  watched_percent: number;
};
export type OutlineSectionRow = { id: string; title: string; lessons: OutlineLessonRow[] };

const lessonsOfSection = sql<OutlineLessonRow[]>`coalesce((
  select json_agg(json_build_object(
    'id', lesson.id, 'title', lesson.title, 'type', lesson.type, 'duration_seconds', lesson.duration_seconds,
    'is_preview', lesson.is_preview, 'is_required', lesson.is_required, 'is_ready', lesson.is_ready,
    'watched_percent', lesson.watched_percent) order by lesson.position, lesson.id)
  from lesson where lesson.section_id = section.id and lesson.deleted_at is null), '[]')`;

const outlineOf = fixedQuery((db, { courseId }: { courseId: string }) =>
  db
    .selectFrom('section')
    .select(['id', 'title', lessonsOfSection.as('lessons')])
    .where('course_id', '=', courseId)
    .where('deleted_at', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .compile(),
);

/** Sections with their lessons, both in order, without content. One statement. */
export function listOutline(db: Db, courseId: string): Promise<OutlineSectionRow[]> {
  return outlineOf(db, { courseId });
}

/** What decides whether the course can be published. */
export function listLessonSubstance(tx: Tx, courseId: string) {
  return tx
    .selectFrom('lesson')
    .innerJoin('section', 'section.id', 'lesson.section_id')
    .select([
      'lesson.id',
      'lesson.title',
      'lesson.type',
      'lesson.video_url',
      'lesson.duration_seconds',
      'lesson.is_required',
      'lesson.is_ready',
    ])
    .where('lesson.course_id', '=', courseId)
    .where('lesson.deleted_at', 'is', null)
    .orderBy('section.position')
    .orderBy('lesson.position')
    .execute();
}

/** Ready and required lessons besides this one. */
export async function countOtherRequiredLessons(tx: Tx, courseId: string, lessonId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('lesson')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('course_id', '=', courseId)
    .where('id', '!=', lessonId)
    .where('is_ready', '=', true)
    .where('is_required', '=', true)
    .where('deleted_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

/** Moves the outline's own version; returns the new one. */
export async function touchOutline(tx: Tx, courseId: string): Promise<number> {
  const { outline_version } = await tx
    .updateTable('course')
    .set((eb) => ({ outline_version: eb('outline_version', '+', 1) }))
    .where('id', '=', courseId)
    .returning('outline_version')
    .executeTakeFirstOrThrow();
  return outline_version;
}

/** Writes an order: sections first to last, each with its lessons first to last. Two statements. */
export async function writeOrder(
  tx: Tx,
  sections: readonly { id: string; lessonIds: readonly string[] }[],
): Promise<void> {
  const sectionIds = sections.map(({ id }) => id);
  const lessons = sections.flatMap(({ id, lessonIds }) =>
    lessonIds.map((lessonId, position) => ({ id, lessonId, position })),
  );
  await sql`
    update section set position = ordered.position
    from unnest(${sectionIds}::uuid[]) with ordinality as ordered (id, position)
    where section.id = ordered.id and section.position <> ordered.position`.execute(tx);
  await sql`
    update lesson set position = ordered.position, section_id = ordered.section_id
    from unnest(${lessons.map((each) => each.lessonId)}::uuid[], ${lessons.map((each) => each.id)}::uuid[],
                ${lessons.map((each) => each.position)}::integer[]) as ordered (id, section_id, position)
    where lesson.id = ordered.id
      and (lesson.position, lesson.section_id) is distinct from (ordered.position, ordered.section_id)`.execute(
    tx,
  );
}

const sectionColumns = [
  'section.id',
  'section.course_id',
  'section.title',
  'section.version',
  'section.created_at',
  'section.updated_at',
] as const;
export type SectionRow = NonNullable<Awaited<ReturnType<typeof lockSection>>>;

/** A section that is not deleted. Its course is to be locked first. */
export function lockSection(tx: Tx, id: string) {
  return tx
    .selectFrom('section')
    .select(sectionColumns)
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export async function findCourseIdOfSection(db: Db, id: string): Promise<string | undefined> {
  const row = await db
    .selectFrom('section')
    .select('course_id')
    .where('id', '=', id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return row?.course_id;
}

/** At the end of its course; undefined where the course has `maxCount` sections already. */
export function insertSection(
  tx: Tx,
  section: { id: string; courseId: string; title: string; now: Date; maxCount: number },
) {
  const { id, courseId, title, now } = section;
  return tx
    .insertInto('section')
    .columns(['id', 'course_id', 'title', 'position', 'created_at', 'updated_at'])
    .expression((eb) =>
      eb
        .selectFrom('section')
        .select([
          sql<string>`${id}::uuid`.as('id'),
          sql<string>`${courseId}::uuid`.as('course_id'),
          sql<string>`${title}`.as('title'),
          sql<number>`coalesce(max(position), 0) + 1`.as('position'),
          sql<Date>`${now}::timestamptz`.as('created_at'),
          sql<Date>`${now}::timestamptz`.as('updated_at'),
        ])
        .where('course_id', '=', courseId)
        .where('deleted_at', 'is', null)
        .having((having) => having.fn.countAll(), '<', section.maxCount),
    )
    .returning(sectionColumns)
    .executeTakeFirst();
}

export function renameSection(tx: Tx, id: string, title: string, now: Date) {
  return tx
    .updateTable('section')
    .set((eb) => ({ title, version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', id)
    .returning(sectionColumns)
    .executeTakeFirstOrThrow();
}

/** Whether it had no lesson and is now hidden. */
export async function hideEmptySection(tx: Tx, id: string, now: Date): Promise<boolean> {
  const row = await tx
    .updateTable('section')
    .set((eb) => ({ deleted_at: now, version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', id)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('lesson')
            .select('lesson.id')
            .whereRef('lesson.section_id', '=', 'section.id')
            .where('lesson.deleted_at', 'is', null),
        ),
      ),
    )
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}
