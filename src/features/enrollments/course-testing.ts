import { sql } from 'kysely';
import type { StaffRole } from '#features/courses/policy.ts';
import { newId } from '#platform/ids.ts';
import type { TestServer } from '#test/server.ts';

export type LessonShape = {
  type?: 'text' | 'video' | 'quiz' | 'file';
  isRequired?: boolean;
  isReady?: boolean;
  durationSeconds?: number;
  watchedPercent?: number;
};
export type MadeCourse = { id: string; sectionIds: string[]; lessonIds: string[] };
export type CourseShape = {
  staff?: Record<string, StaffRole>;
  status?: 'draft' | 'published' | 'archived';
  selfEnrollment?: 'open' | 'closed';
  /** Lessons by section, in order. */
  sections?: LessonShape[][];
};

/**
 * A course as rows, without HTTP: hundreds of lessons at once, and states that no operation leads to (an unready lesson
 * of a published course, a quiz without questions).
 */
export async function makeCourse(server: TestServer, shape: CourseShape = {}): Promise<MadeCourse> {
  const { staff = {}, status = 'published', selfEnrollment = 'open', sections = [[{}]] } = shape;
  const { db } = server.open.deps;
  const now = server.clock.now();
  const times = { created_at: now, updated_at: now };
  const id = newId();
  await db
    .insertInto('course')
    .values({
      id,
      slug: `course-${id}`,
      title: `Course ${id}`,
      summary: '',
      description: '',
      language: 'en',
      visibility: 'listed',
      self_enrollment: selfEnrollment,
      published_at: status === 'draft' ? null : now,
      archived_at: status === 'archived' ? now : null,
      search_vector: sql`''::tsvector`,
      search_text: '',
      ...times,
    })
    .execute();
  await db.insertInto('course_statistics').values({ course_id: id }).execute();
  for (const [userId, role] of Object.entries(staff)) {
    await db
      .insertInto('course_staff')
      .values({ course_id: id, user_id: userId, role, created_at: now })
      .execute();
  }
  const made: MadeCourse = { id, sectionIds: [], lessonIds: [] };
  for (const [position, lessons] of sections.entries()) {
    const sectionId = newId();
    await db
      .insertInto('section')
      .values({ id: sectionId, course_id: id, title: `Section ${position}`, position, ...times })
      .execute();
    made.sectionIds.push(sectionId);
    for (const [at, lesson] of lessons.entries())
      made.lessonIds.push(await addLesson(server, id, sectionId, at, lesson));
  }
  return made;
}

export async function addLesson(
  server: TestServer,
  courseId: string,
  sectionId: string,
  position: number,
  shape: LessonShape = {},
): Promise<string> {
  const { type = 'text', isRequired = true, isReady = true, durationSeconds, watchedPercent } = shape;
  const now = server.clock.now();
  const id = newId();
  await server.open.deps.db
    .insertInto('lesson')
    .values({
      id,
      course_id: courseId,
      section_id: sectionId,
      title: `Lesson ${position}`,
      type,
      duration_seconds: durationSeconds ?? null,
      ...(watchedPercent !== undefined && { watched_percent: watchedPercent }),
      is_preview: false,
      is_required: isRequired,
      is_ready: isReady,
      position,
      created_at: now,
      updated_at: now,
    })
    .execute();
  return id;
}

export async function statisticsOf(server: TestServer, courseId: string) {
  return server.open.deps.db
    .selectFrom('course_statistics')
    .selectAll()
    .where('course_id', '=', courseId)
    .executeTakeFirstOrThrow();
}

/** Facts of a type about a course, oldest first. */
export async function eventsOf(server: TestServer, type: string, courseId: string) {
  return server.open.deps.db
    .selectFrom('event')
    .select(['type', 'actor_id', sql<Record<string, string>>`data`.as('data')])
    .where('type', '=', type)
    .where(sql`data->>'courseId'`, '=', courseId)
    .orderBy('sequence')
    .execute();
}
