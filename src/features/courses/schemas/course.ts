import { Type, type Static } from 'typebox';
import {
  cappedTotal,
  commaList,
  facetCounts,
  id,
  integer,
  languageTag,
  listQuery,
  named,
  nullable,
  object,
  oneLine,
  oneLinePattern,
  oneOf,
  pageOf,
  text,
  time,
} from '#platform/http/schema.ts';
import { coursePermissions, staffRoles } from '../policy.ts';

const courseLevels = ['beginner', 'intermediate', 'advanced'] as const;
const courseStatuses = ['draft', 'published', 'archived'] as const;

const title = oneLine(1, 300, { description: 'In the course’s language.' });
const description = text(0, 20_000, { description: 'Markdown, in the course’s language.' });
// Lists are filtered by several categories with commas between them.
const category = oneLine(1, 100, {
  allOf: [{ pattern: oneLinePattern }, { pattern: '^[^,]*$' }],
  description: 'Without a comma.',
});
const level = oneOf(courseLevels);
const visibility = oneOf(['listed', 'unlisted'], {
  description: 'An unlisted course is in no catalogue; whoever has its address can see it.',
});
const selfEnrollment = oneOf(['open', 'closed'], { description: 'Whether people may enroll themselves.' });
export const httpsUrl = Type.Unsafe<string>({
  type: 'string',
  maxLength: 2_000,
  pattern: String.raw`^https://[^\s]+$`,
  description: 'An https address.',
});

const personSummary = named('PersonSummary', object({ id, name: Type.String() }));
const statistics = named(
  'CourseStatistics',
  object({
    enrollmentCount: integer(0),
    completionCount: integer(0),
    ratingCount: integer(0),
    ratingAverage: nullable(Type.Number({ minimum: 1, maximum: 5, description: 'To two decimals.' })),
    lessonCount: integer(0, undefined, { description: 'Lessons that learners find.' }),
    durationSeconds: Type.Integer({ minimum: 0, description: 'Of these lessons, as far as it is known.' }),
  }),
);
const viewer = named(
  'CourseViewer',
  object(
    {
      courseRole: nullable(oneOf(staffRoles)),
      enrollmentId: nullable(id),
      permissions: Type.Array(oneOf(coursePermissions)),
    },
    { description: 'How the caller stands to the course; only where one is signed in.' },
  ),
);

const summaryFields = {
  id,
  slug: Type.String(),
  title: Type.String(),
  summary: Type.String({ description: 'The beginning of the description as plain text.' }),
  category: nullable(Type.String()),
  level: nullable(level),
  language: Type.String({ description: 'BCP 47' }),
  visibility,
  selfEnrollment,
  imageUrl: nullable(Type.String()),
  status: oneOf(courseStatuses),
  publishedAt: nullable(time),
  archivedAt: nullable(time),
  createdAt: time,
  updatedAt: time,
  instructors: Type.Array(personSummary),
  statistics,
  viewer: Type.Optional(viewer),
};
const courseSummarySchema = named('CourseSummary', object(summaryFields));
export const courseSchema = named(
  'Course',
  object({
    ...summaryFields,
    description: Type.String({ description: 'Markdown, as written.' }),
    descriptionHtml: Type.String({ description: 'The description as sanitised HTML.' }),
  }),
);

export const newCourseBody = named(
  'NewCourse',
  object({
    title,
    description: Type.Optional(description),
    category: Type.Optional(nullable(category)),
    level: Type.Optional(nullable(level)),
    language: Type.Optional(languageTag),
    visibility: Type.Optional(visibility),
    selfEnrollment: Type.Optional(selfEnrollment),
    imageUrl: Type.Optional(nullable(httpsUrl)),
  }),
);
export const coursePatch = named(
  'CoursePatch',
  object({
    slug: Type.Optional(
      text(1, 80, { description: 'Lower-case words joined by "-". The old one goes on resolving.' }),
    ),
    title: Type.Optional(title),
    description: Type.Optional(nullable(description)),
    category: Type.Optional(nullable(category)),
    level: Type.Optional(nullable(level)),
    language: Type.Optional(languageTag),
    visibility: Type.Optional(visibility),
    selfEnrollment: Type.Optional(selfEnrollment),
    imageUrl: Type.Optional(nullable(httpsUrl)),
  }),
);

export const courseParams = object({ idOrSlug: text(1, 250) });
// OpenAPI takes two names in one place of a path for two paths, so a change names its id by the same name.
export const courseIdParams = object({ idOrSlug: id });
const courseSorts = [
  '-createdAt',
  'createdAt',
  '-publishedAt',
  'publishedAt',
  'title',
  '-title',
  '-rating',
  '-enrollmentCount',
  'relevance',
] as const;
export const courseListQuery = listQuery(courseSorts, {
  sort: Type.Optional(
    oneOf(courseSorts, {
      description:
        '`relevance`, best first, is the default where `q` is given and allowed only there; else `-createdAt`. What was never published sorts by its making.',
    }),
  ),
  q: Type.Optional(
    Type.String({
      maxLength: 200,
      description:
        'Words, or beginnings or parts of words, of the title and the description; all must be found.',
    }),
  ),
  category: Type.Optional(commaList(Type.String({ minLength: 1, maxLength: 100 }))),
  level: Type.Optional(commaList(level)),
  language: Type.Optional(commaList(languageTag)),
  instructorId: Type.Optional(commaList(id)),
  staff: Type.Optional(
    oneOf(['me'], { description: 'Courses of whose staff the caller is, whatever their status.' }),
  ),
  status: Type.Optional(commaList(oneOf(courseStatuses))),
  include: Type.Optional(commaList(oneOf(['total', 'facets']))),
});
export const coursePage = pageOf('CoursePage', courseSummarySchema, {
  total: Type.Optional(cappedTotal),
  facets: Type.Optional(
    object(
      { category: facetCounts, level: facetCounts, language: facetCounts },
      {
        description:
          'Counts under all filters but the facet’s own: what choosing that value instead would list.',
      },
    ),
  ),
});

export type NewCourseInput = Static<typeof newCourseBody>;
export type CoursePatch = Static<typeof coursePatch>;
export type CourseListQuery = Static<typeof courseListQuery>;
