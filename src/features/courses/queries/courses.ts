import { sql, type RawBuilder } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { fixedQuery } from '#platform/db/fixed-query.ts';
import type { StaffRole } from '../policy.ts';
import type { SearchDocument } from '../search.ts';

export type Instructor = { id: string; name: string };
export type LessonTotals = { lessonCount: number; durationSeconds: number };

/** Everything of a course that lists show too. `viewerId`: whose standing the row tells. */
export function courseFields(viewerId: string | null) {
  return [
    'course.id',
    'course.slug',
    'course.title',
    'course.summary',
    'course.category',
    'course.level',
    'course.language',
    'course.visibility',
    'course.self_enrollment',
    'course.image_url',
    'course.picture_id',
    'course.status',
    'course.published_at',
    'course.archived_at',
    'course.version',
    'course.created_at',
    'course.updated_at',
    'course_statistics.enrollment_count',
    'course_statistics.completion_count',
    'course_statistics.rating_count',
    'course_statistics.rating_sum',
    instructors().as('instructors'),
    lessonTotals().as('lesson_totals'),
    staffRoleOf(viewerId).as('staff_role'),
    enrollmentOf(viewerId).as('enrollment_id'),
  ] as const;
}

export type CourseListRow = Omit<CourseRow, 'description'>;
export type CourseRow = NonNullable<Awaited<ReturnType<typeof findCourse>>>;

const oneCourse = (db: Db, viewerId: string | null) =>
  db
    .selectFrom('course')
    .innerJoin('course_statistics', 'course_statistics.course_id', 'course.id')
    .select(courseFields(viewerId))
    .select('course.description');

type Viewed<By> = By & { viewerId: string | null };
const courseById = fixedQuery((db, { id, viewerId }: Viewed<{ id: string }>) =>
  oneCourse(db, viewerId).where('course.id', '=', id).compile(),
);
const courseBySlug = fixedQuery((db, { slug, viewerId }: Viewed<{ slug: string }>) =>
  oneCourse(db, viewerId)
    .where('course.id', '=', (eb) =>
      eb.selectFrom('course_slug').select('course_id').where('slug', '=', slug),
    )
    .compile(),
);

/** By id, or by any address that it ever had. One statement. */
export async function findCourse(db: Db, by: { id: string } | { slug: string }, viewerId: string | null) {
  const [row] = await ('id' in by
    ? courseById(db, { ...by, viewerId })
    : courseBySlug(db, { ...by, viewerId }));
  return row;
}

const standingFields = (viewerId: string | null) =>
  [
    'course.id',
    'course.slug',
    'course.title',
    'course.description',
    'course.language',
    'course.status',
    'course.published_at',
    'course.archived_at',
    'course.picture_id',
    'course.version',
    'course.outline_version',
    staffRoleOf(viewerId).as('staff_role'),
    enrollmentOf(viewerId).as('enrollment_id'),
  ] as const;

export type CourseStanding = NonNullable<Awaited<ReturnType<typeof findCourseStanding>>>;

const courseStanding = fixedQuery((db, { id, viewerId }: Viewed<{ id: string }>) =>
  db.selectFrom('course').select(standingFields(viewerId)).where('course.id', '=', id).compile(),
);

/** What decides who may do what in a course. */
export async function findCourseStanding(db: Db, id: string, viewerId: string | null) {
  const [row] = await courseStanding(db, { id, viewerId });
  return row;
}

/** All changes of a course and of what is in it wait here for one another; enrolling does not. */
export function lockCourse(tx: Tx, id: string, viewerId: string | null) {
  return tx
    .selectFrom('course')
    .select(standingFields(viewerId))
    .where('course.id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
}

export type NewCourse = {
  id: string;
  slug: string;
  title: string;
  description: string;
  summary: string;
  category: string | null;
  level: 'beginner' | 'intermediate' | 'advanced' | null;
  language: string;
  visibility: 'listed' | 'unlisted';
  selfEnrollment: 'open' | 'closed';
  imageUrl: string | null;
  search: SearchDocument;
  ownerId: string;
  now: Date;
};

/** The course with its statistics and its owner. One statement. */
export async function insertCourse(tx: Tx, course: NewCourse): Promise<void> {
  const { id, now } = course;
  await tx
    .with('statistics', (db) => db.insertInto('course_statistics').values({ course_id: id }))
    .with('owner', (db) =>
      db
        .insertInto('course_staff')
        .values({ course_id: id, user_id: course.ownerId, role: 'owner', created_at: now }),
    )
    .insertInto('course')
    .values({
      id,
      slug: course.slug,
      title: course.title,
      description: course.description,
      summary: course.summary,
      category: course.category,
      level: course.level,
      language: course.language,
      visibility: course.visibility,
      self_enrollment: course.selfEnrollment,
      image_url: course.imageUrl,
      ...searchColumns(course.search),
      created_at: now,
      updated_at: now,
    })
    .execute();
}

export type CourseChange = {
  slug?: string;
  title?: string;
  description?: string;
  summary?: string;
  category?: string | null;
  level?: NewCourse['level'];
  language?: string;
  visibility?: NewCourse['visibility'];
  self_enrollment?: NewCourse['selfEnrollment'];
  image_url?: string | null;
  picture_id?: null;
  published_at?: Date | null;
  archived_at?: Date | null;
};

/** Writes what an author changed; moves the course's version. */
export async function updateCourse(
  tx: Tx,
  id: string,
  change: CourseChange,
  search: SearchDocument | undefined,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('course')
    .set((eb) => ({
      ...change,
      ...(search && searchColumns(search)),
      version: eb('version', '+', 1),
      updated_at: now,
    }))
    .where('id', '=', id)
    .execute();
}

/** Of these addresses, those that some course has or had. */
export async function listTakenSlugs(tx: Tx, slugs: readonly string[]): Promise<Set<string>> {
  const rows = await tx.selectFrom('course_slug').select('slug').where('slug', 'in', slugs).execute();
  return new Set(rows.map(({ slug }) => slug));
}

/**
 * Whether the address is now this course's, or was before. Waits for another transaction that is claiming
 * the same.
 */
export async function claimSlug(tx: Tx, courseId: string, slug: string, now: Date): Promise<boolean> {
  const claimed = await tx
    .insertInto('course_slug')
    .values({ slug, course_id: courseId, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('slug')
    .executeTakeFirst();
  if (claimed) return true;
  const own = await tx
    .selectFrom('course_slug')
    .select('slug')
    .where('slug', '=', slug)
    .where('course_id', '=', courseId)
    .executeTakeFirst();
  return own !== undefined;
}

/**
 * Lexemes of the course's language and, for prefixes and other languages' words, as they are written; the
 * title's weigh more.
 */
function searchColumns({ configuration, titleWords, descriptionWords, text }: SearchDocument) {
  const weighted = (name: string) => sql<string>`
    setweight(to_tsvector(${name}::regconfig, ${titleWords}), 'A')
    || setweight(to_tsvector(${name}::regconfig, ${descriptionWords}), 'C')`;
  const plain = weighted('pg_catalog.simple');
  const vector =
    configuration === null ? plain : sql<string>`${plain} || ${weighted(`pg_catalog.${configuration}`)}`;
  return { search_vector: vector, search_text: text, search_language: configuration };
}

function instructors(): RawBuilder<Instructor[]> {
  return sql<Instructor[]>`coalesce((
    select json_agg(json_build_object('id', app_user.id, 'name', app_user.name)
                    order by course_staff.role <> 'owner', course_staff.created_at, app_user.id)
    from course_staff join app_user on app_user.id = course_staff.user_id
    where course_staff.course_id = course.id and course_staff.role in ('owner', 'coInstructor')), '[]')`;
}

// What learners find: ready lessons that are not deleted.
function lessonTotals(): RawBuilder<LessonTotals> {
  return sql<LessonTotals>`(
    select json_build_object('lessonCount', count(*), 'durationSeconds', coalesce(sum(lesson.duration_seconds), 0))
    from lesson where lesson.course_id = course.id and lesson.is_ready and lesson.deleted_at is null)`;
}

/** For selects on `course`. */
export function staffRoleOf(viewerId: string | null): RawBuilder<StaffRole | null> {
  return sql<StaffRole | null>`(
    select course_staff.role from course_staff
    where course_staff.course_id = course.id and course_staff.user_id = ${viewerId}::uuid)`;
}

/** The enrollment by which the viewer has access, for selects on `course`. */
export function enrollmentOf(viewerId: string | null): RawBuilder<string | null> {
  return sql<string | null>`(
    select enrollment.id from enrollment
    where enrollment.course_id = course.id and enrollment.user_id = ${viewerId}::uuid
      and enrollment.is_current and enrollment.withdrawn_at is null)`;
}
