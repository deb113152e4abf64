import { sql, type ExpressionBuilder, type RawBuilder } from 'kysely';
import type { Db, Tables } from '#platform/db/database.ts';
import { countCapped, fetchPage, type PageRequest, type SortKey } from '#platform/db/page.ts';
import type { StaffRole } from '../policy.ts';
import {
  foldForSearch,
  searchConfigurations,
  searchTermsOf,
  searchWords,
  type SearchTerm,
} from '../search.ts';
import { courseFields } from './courses.ts';

type Status = 'draft' | 'published' | 'archived';
export type CourseFilters = {
  /** Whose catalogue: of everybody, the courses of whose staff the viewer is, or all there are. */
  scope: 'catalogue' | 'staff' | 'all';
  /** Of the viewer's roles in a course, those by which it is one of theirs; all where it is not said. */
  staffRoles?: readonly StaffRole[];
  viewerId: string | null;
  q: string | null;
  category?: readonly string[] | undefined;
  level?: readonly ('beginner' | 'intermediate' | 'advanced')[] | undefined;
  language?: readonly string[] | undefined;
  instructorId?: readonly string[] | undefined;
  status?: readonly Status[] | undefined;
};
export type Facet = 'category' | 'level' | 'language';
export type FacetCount = { value: string; count: number };
type Builder = ExpressionBuilder<Tables, 'course' | 'course_statistics'>;

/** One statement. */
export function listCourses(db: Db, filters: CourseFilters, page: Omit<PageRequest, 'filters'>) {
  const query = filtered(db, filters).select(courseFields(filters.viewerId));
  return fetchPage(query, sortKeys(filters.q), sql.ref('course.id'), { ...page, filters });
}

export function countCourses(db: Db, filters: CourseFilters) {
  return countCapped(db, filtered(db, filters).select('course.id'));
}

const facets: readonly Facet[] = ['category', 'level', 'language'];
const maxFacetValues = 100;

/**
 * How many courses each value would list: all filters hold but the facet's own. The most frequent values
 * first. One statement.
 */
export async function countFacets(db: Db, filters: CourseFilters): Promise<Record<Facet, FacetCount[]>> {
  const parts = facets.map((facet) => {
    const column = sql.ref(`course.${facet}`);
    const counted = filtered(db, { ...filters, [facet]: undefined })
      .select([
        sql.lit(facet).as('facet'),
        sql<string>`${column}`.as('value'),
        sql<number>`count(*)`.as('count'),
      ])
      .where(sql<boolean>`${column} is not null`)
      .groupBy(column)
      .orderBy(sql`count(*)`, 'desc')
      .orderBy(column)
      .limit(maxFacetValues);
    return sql`(${counted})`;
  });
  const { rows } = await sql<FacetCount & { facet: Facet }>`${sql.join(parts, sql` union all `)}`.execute(db);
  const of = (facet: Facet) =>
    rows.filter((row) => row.facet === facet).map(({ value, count }) => ({ value, count }));
  return { category: of('category'), level: of('level'), language: of('language') };
}

function filtered(db: Db, filters: CourseFilters) {
  let query = db
    .selectFrom('course')
    .innerJoin('course_statistics', 'course_statistics.course_id', 'course.id');
  const { scope, viewerId, staffRoles, q, category, level, language, instructorId, status } = filters;
  if (scope === 'catalogue')
    query = query.where('course.status', '=', 'published').where('course.visibility', '=', 'listed');
  if (scope === 'staff')
    query = query.where((eb) => isStaff(eb, viewerId === null ? [] : [viewerId], staffRoles));
  if (category) query = query.where('course.category', 'in', category);
  if (level) query = query.where('course.level', 'in', level);
  if (language) query = query.where('course.language', 'in', language);
  if (instructorId) query = query.where((eb) => isStaff(eb, instructorId, ['owner', 'coInstructor']));
  if (status) query = query.where('course.status', 'in', status);
  if (q !== null) query = query.where(isFound(q));
  return query;
}

function isStaff(eb: Builder, userIds: readonly string[], roles?: readonly StaffRole[]) {
  let staff = eb
    .selectFrom('course_staff')
    .select('course_staff.course_id')
    .where(sql<boolean>`course_staff.user_id = any(${userIds}::uuid[])`);
  if (roles) staff = staff.where('course_staff.role', 'in', roles);
  return eb('course.id', 'in', staff);
}

function sortKeys(q: string | null): Record<string, SortKey> {
  const rating = sql`case when rating_count = 0 then 0 else rating_sum::float8 / rating_count end`;
  // Ascending is best first.
  const relevance = sql`-ts_rank(course.search_vector, ${q === null ? sql`''::tsquery` : wholeQuery(q)})::float8`;
  return {
    createdAt: { by: sql.ref('course.created_at'), type: 'timestamptz' },
    publishedAt: { by: sql`coalesce(course.published_at, course.created_at)`, type: 'timestamptz' },
    title: { by: sql`lower(course.title)`, type: 'text' },
    rating: { by: rating, type: 'float8' },
    enrollmentCount: { by: sql.ref('course_statistics.enrollment_count'), type: 'int4' },
    relevance: { by: relevance, type: 'float8' },
  };
}

/**
 * Every term of the reader is found as a word, the beginning of one, or a part; or all together in the forms
 * of some language, which leaves its stop words out.
 */
function isFound(q: string): RawBuilder<boolean> {
  const terms = searchTermsOf(q);
  if (terms.length === 0) return contains(foldForSearch(q.trim()));
  const all = sql.join(terms.map(isTermFound), sql` and `);
  // The first of the two finds by index, the second holds each course to its own language: stems of others
  // are words by chance.
  return sql<boolean>`((${all})
    or (course.search_vector @@ ${anyLanguage(q)} and course.search_vector @@ ${ownLanguage(q)}))`;
}

function isTermFound({ text, lexemes, isLoose }: SearchTerm): RawBuilder<boolean> {
  const asWord = sql<boolean>`course.search_vector @@ to_tsquery('pg_catalog.simple', ${lexemes})`;
  if (isLoose) return sql<boolean>`(${asWord} and ${contains(text)})`;
  // Of fewer than three letters there is no trigram to look up.
  return Array.from(text).length < 3 ? asWord : sql<boolean>`(${asWord} or ${contains(text)})`;
}

function contains(text: string): RawBuilder<boolean> {
  return sql<boolean>`course.search_text like ${`%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`}`;
}

/** The words in the forms of every language that PostgreSQL knows; computed once a statement. */
function anyLanguage(q: string): RawBuilder<string> {
  return sql<string>`(
    select coalesce(string_agg(distinct form::text, ' | '), '')::tsquery
    from unnest(${searchConfigurations}::text[]) as configuration (name),
      plainto_tsquery(('pg_catalog.' || name)::regconfig, ${searchWords(q)}) as form
    where form <> ''::tsquery)`;
}

/** The words in the forms of the course's own language. */
function ownLanguage(q: string): RawBuilder<string> {
  const name = sql`('pg_catalog.' || coalesce(course.search_language, 'simple'))::regconfig`;
  return sql<string>`plainto_tsquery(${name}, ${searchWords(q)})`;
}

function wholeQuery(q: string): RawBuilder<string> {
  const terms = searchTermsOf(q);
  if (terms.length === 0) return sql<string>`''::tsquery`;
  const simple = terms.map(({ lexemes }) => lexemes).join(' & ');
  return sql<string>`to_tsquery('pg_catalog.simple', ${simple}) || ${ownLanguage(q)}`;
}
