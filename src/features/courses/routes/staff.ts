import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { removeCourseStaff, setCourseStaff } from '../commands/set-course-staff.ts';
import { requireIn, standingOf } from '../policy.ts';
import { presentStaff } from '../present.ts';
import { findCourseStanding } from '../queries/courses.ts';
import { listStaff } from '../queries/staff.ts';
import { staffBody, staffListQuery, staffPage, staffParams, staffSchema } from '../schemas/staff.ts';

const tags = ['Course staff'];
const config = { access: 'signedIn' } as const;

export function staffRoutes(app: App, deps: Deps): void {
  const listing = operation('listCourseStaff', 'List the staff of a course', {
    tags,
    params: idParams,
    querystring: staffListQuery,
    response: { 200: staffPage },
    errors: [400, 401, 403, 404],
  });
  app.get('/courses/:id/staff', { schema: listing, config }, async (request) => {
    const actor = signedIn(request);
    const { limit = 20, sort = 'createdAt', cursor } = request.query;
    const course = await findCourseStanding(deps.db, request.params.id, actor.userId);
    if (!course) throw notFound('Course');
    requireIn(actor, 'staff.manage', standingOf(course));
    const page = await listStaff(deps.db, course.id, { limit, sort, cursor });
    return { items: page.rows.map((row) => presentStaff(row, actor)), nextCursor: page.nextCursor };
  });

  const setting = operation('setCourseStaff', 'Make a person part of the staff, or change their part', {
    tags,
    description: 'A course keeps an owner. Only instructors and admins can be owner or co-instructor.',
    params: staffParams,
    body: staffBody,
    response: { 200: staffSchema },
    errors: [400, 401, 403, 404, 409],
  });
  app.put('/courses/:id/staff/:userId', { schema: setting, config }, async (request) => {
    const { id, userId } = request.params;
    const actor = signedIn(request);
    const row = await setCourseStaff(traced(deps, request), actor, {
      courseId: id,
      userId,
      role: request.body.role,
    });
    return presentStaff(row, actor);
  });

  const removing = operation('removeCourseStaff', 'Take a person out of the staff', {
    tags,
    params: staffParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409],
  });
  app.delete('/courses/:id/staff/:userId', { schema: removing, config }, async (request, reply) => {
    await removeCourseStaff(
      traced(deps, request),
      signedIn(request),
      request.params.id,
      request.params.userId,
    );
    return reply.status(204).send();
  });
}
