import type { Actor } from '#platform/auth/actor.ts';
import { hasPermission } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { invalid, notFound, unauthenticated } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { isUuid } from '#platform/ids.ts';
import { setCourseArchived } from '../commands/archive-course.ts';
import { canonicalLanguage } from '../commands/course-input.ts';
import { createCourse } from '../commands/create-course.ts';
import { updateCourseByAuthor } from '../commands/update-course.ts';
import { countingStaffRoles, requireIn, standingOf } from '../policy.ts';
import { presentCourse, presentCourseSummary } from '../present.ts';
import { countCourses, countFacets, listCourses, type CourseFilters } from '../queries/course-list.ts';
import { findCourse } from '../queries/courses.ts';
import type { Render } from '#platform/rendered.ts';
import {
  courseListQuery,
  coursePage,
  courseIdParams,
  courseParams,
  coursePatch,
  courseSchema,
  newCourseBody,
  type CourseListQuery,
} from '../schemas/course.ts';

const tags = ['Courses'];

export function catalogueRoutes(app: App, deps: Deps, render: Render): void {
  listingRoute(app, deps);

  const creating = operation('createCourse', 'Make a course, as a draft', {
    tags,
    description: 'The caller becomes its owner. Its address is made from the title.',
    body: newCourseBody,
    sends: ['etag', 'location'],
    response: { 201: courseSchema },
    errors: [400, 401, 403],
  });
  app.post('/courses', { schema: creating, config: { access: 'courses.create' } }, async (request, reply) => {
    const actor = signedIn(request);
    const course = await createCourse(traced(deps, request), actor, request.body);
    const location = locationOf(deps, `/courses/${course.id}`);
    return authored(reply, course.version)
      .status(201)
      .header('location', location)
      .send(presentCourse(course, actor, render, deps.config));
  });

  const reading = operation('getCourse', 'Read a course by its id or address', {
    tags,
    description: 'Old addresses go on resolving; `slug` is the present one.',
    params: courseParams,
    sends: ['etag'],
    response: { 200: courseSchema },
    errors: [401, 404],
  });
  app.get('/courses/:idOrSlug', { schema: reading, config: { access: 'public' } }, async (request, reply) => {
    const { idOrSlug } = request.params;
    const by = isUuid(idOrSlug) ? { id: idOrSlug } : { slug: idOrSlug.normalize('NFC').toLowerCase() };
    const course = await findCourse(deps.db, by, request.actor?.userId ?? null);
    if (!course) throw notFound('Course');
    requireIn(request.actor, 'course.view', standingOf(course));
    return authored(reply, course.version).send(presentCourse(course, request.actor, render, deps.config));
  });

  changingRoutes(app, deps, render);
}

function listingRoute(app: App, deps: Deps): void {
  const listing = operation('listCourses', 'List, filter and search courses', {
    tags,
    description:
      'Shows what is published and listed; with `staff=me` the caller’s own, and to admins everything.',
    querystring: courseListQuery,
    response: { 200: coursePage },
    errors: [400, 401],
  });
  app.get('/courses', { schema: listing, config: { access: 'public' } }, async (request) => {
    const { limit = 20, cursor, include = [] } = request.query;
    const filters = filtersOf(request.query, request.actor);
    const sort = sortOf(request.query, filters);
    const page = await listCourses(deps.db, filters, { limit, sort, cursor });
    const total = include.includes('total') ? await countCourses(deps.db, filters) : undefined;
    const facets = include.includes('facets') ? await countFacets(deps.db, filters) : undefined;
    return {
      items: page.rows.map((row) => presentCourseSummary(row, request.actor, deps.config)),
      nextCursor: page.nextCursor,
      ...(total && { total }),
      ...(facets && { facets }),
    };
  });
}

function filtersOf(query: CourseListQuery, actor: Actor | null): CourseFilters {
  const { q = '', category, level, language, instructorId, staff, status } = query;
  if (staff === 'me' && !actor) throw unauthenticated();
  const seesAll =
    actor !== null &&
    (hasPermission(actor, 'courses.manageAny') || hasPermission(actor, 'courses.observeAny'));
  return {
    scope: staff === 'me' ? 'staff' : seesAll ? 'all' : 'catalogue',
    viewerId: actor?.userId ?? null,
    ...(actor && { staffRoles: countingStaffRoles(actor) }),
    q: q.trim() === '' ? null : q,
    category,
    level,
    language: language?.map((tag) => canonicalLanguage(tag) ?? tag),
    instructorId,
    status,
  };
}

function sortOf({ sort }: CourseListQuery, { q }: CourseFilters): string {
  if (sort === 'relevance' && q === null) {
    throw invalid('The query is not valid.', [
      { path: 'sort', code: 'q_required', message: 'relevance needs q.' },
    ]);
  }
  return sort ?? (q === null ? '-createdAt' : 'relevance');
}

function changingRoutes(app: App, deps: Deps, render: Render): void {
  const config = { access: 'signedIn' } as const;
  const changing = operation('updateCourse', 'Change a course', {
    tags,
    params: courseIdParams,
    body: coursePatch,
    sends: ['etag'],
    response: { 200: courseSchema },
    errors: [400, 401, 403, 404, 409, 412],
  });
  app.patch('/courses/:idOrSlug', { schema: changing, config }, async (request, reply) => {
    const actor = signedIn(request);
    const course = await updateCourseByAuthor(
      traced(deps, request),
      actor,
      request.params.idOrSlug,
      request.body,
      ifMatch(request),
    );
    return authored(reply, course.version).send(presentCourse(course, actor, render, deps.config));
  });

  const archiving = operation('archiveCourse', 'Archive a course', {
    tags,
    description:
      'It leaves the catalogue and takes no new enrollments. The enrolled keep their access, and every record stays.',
    params: courseIdParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 412],
  });
  app.delete('/courses/:idOrSlug', { schema: archiving, config }, async (request, reply) => {
    await setCourseArchived(
      traced(deps, request),
      signedIn(request),
      request.params.idOrSlug,
      true,
      ifMatch(request),
    );
    return reply.status(204).send();
  });

  const restoring = operation('restoreCourse', 'Bring an archived course back', {
    tags,
    description: 'As it was: published, or a draft.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 412],
  });
  app.delete('/courses/:id/archive', { schema: restoring, config }, async (request, reply) => {
    await setCourseArchived(
      traced(deps, request),
      signedIn(request),
      request.params.id,
      false,
      ifMatch(request),
    );
    return reply.status(204).send();
  });
}
