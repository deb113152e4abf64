import { findStanding } from '#features/courses/commands/find-standing.ts';
import { requireIn } from '#features/courses/policy.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import type { App } from '#platform/http/types.ts';
import { presentEnrollment, presentEnrollmentToStaff } from '../present.ts';
import { listEnrollments } from '../queries/reading.ts';
import { enrollmentListQuery, enrollmentPage } from '../schemas.ts';

const tags = ['Enrollments'];
const config = { access: 'signedIn' } as const;

export function enrollmentListRoutes(app: App, deps: Deps): void {
  const own = operation('listMyEnrollments', 'List your enrollments', {
    tags,
    querystring: enrollmentListQuery,
    response: { 200: enrollmentPage },
    errors: [400, 401],
  });
  // 2 statements, 3 with the total.
  app.get('/me/enrollments', { schema: own, config }, async (request) => {
    const { limit = 20, sort = '-createdAt', cursor, include, status } = request.query;
    const filters = { userId: signedIn(request).userId, status };
    const page = await listEnrollments(
      deps.db,
      filters,
      { limit, sort, cursor },
      include?.includes('total') ?? false,
    );
    return {
      items: page.rows.map((row) => presentEnrollment(row, deps.config)),
      nextCursor: page.nextCursor,
      ...(page.total && { total: page.total }),
    };
  });

  const ofCourse = operation('listCourseEnrollments', 'List the learners of a course', {
    tags,
    params: idParams,
    querystring: enrollmentListQuery,
    response: { 200: enrollmentPage },
    errors: [400, 401, 403, 404],
  });
  // 3 statements, 4 with the total.
  app.get('/courses/:id/enrollments', { schema: ofCourse, config }, async (request) => {
    const actor = signedIn(request);
    const courseId = request.params.id;
    const standing = await findStanding(deps.db, courseId, actor.userId);
    if (!standing) throw notFound('Course');
    requireIn(actor, 'learners.view', standing);
    const { limit = 20, sort = '-createdAt', cursor, include, status } = request.query;
    const withTotal = include?.includes('total') ?? false;
    const page = await listEnrollments(deps.db, { courseId, status }, { limit, sort, cursor }, withTotal);
    return {
      items: page.rows.map((row) => presentEnrollmentToStaff(row, deps.config)),
      nextCursor: page.nextCursor,
      ...(page.total && { total: page.total }),
    };
  });
}
