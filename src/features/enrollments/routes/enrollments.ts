import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { enroll } from '../commands/enroll.ts';
import { withdraw } from '../commands/withdraw.ts';
import { hasAccess, isOwn, mayViewEnrollment } from '../policy.ts';
import { presentEnrollment, presentEnrollmentToStaff } from '../present.ts';
import { findEnrollment } from '../queries/reading.ts';
import { enrollBody, enrollmentSchema } from '../schemas.ts';

const tags = ['Enrollments'];
const config = { access: 'signedIn' } as const;

export function enrollmentRoutes(app: App, deps: Deps): void {
  const enrolling = operation('enroll', 'Enroll yourself, or as staff somebody else', {
    tags,
    description:
      'A current enrollment is answered with 200; a withdrawn one is resumed with its progress, also 200. Who acts as another person enrolls them alone.',
    params: idParams,
    body: enrollBody,
    isBodyOptional: true,
    sends: ['location'],
    response: { 200: enrollmentSchema, 201: enrollmentSchema },
    errors: [400, 401, 403, 404, 409, 422],
  });
  // At most 7 statements: sign-in, address, look, insert, event, jobs, answer.
  const opening = { ...config, whileActing: 'open' } as const;
  app.post('/courses/:id/enrollments', { schema: enrolling, config: opening }, async (request, reply) => {
    const actor = signedIn(request);
    const { enrollment, isNew } = await enroll(traced(deps, request), actor, request.params.id, request.body);
    const present = enrollment.user_id === actor.userId ? presentEnrollment : presentEnrollmentToStaff;
    if (isNew) reply.status(201).header('location', locationOf(deps, `/enrollments/${enrollment.id}`));
    return reply.send(present(enrollment, deps.config));
  });

  const reading = operation('getEnrollment', 'Read an enrollment', {
    tags,
    params: idParams,
    response: { 200: enrollmentSchema },
    errors: [401, 404],
  });
  // 2 statements: sign-in, enrollment.
  app.get('/enrollments/:id', { schema: reading, config }, async (request) => {
    const actor = signedIn(request);
    const row = await findEnrollment(deps.db, request.params.id, actor.userId);
    if (!row) throw notFound('Enrollment');
    const standing = {
      status: row.course_status,
      staffRole: row.staff_role,
      hasAccess: hasAccess(row) && row.user_id === actor.userId,
    };
    if (!mayViewEnrollment(actor, { userId: row.user_id, course: standing })) throw notFound('Enrollment');
    const present = isOwn(actor, { userId: row.user_id }) ? presentEnrollment : presentEnrollmentToStaff;
    return present(row, deps.config);
  });

  const leaving = operation('withdraw', 'Withdraw from a course, or as staff end an enrollment', {
    tags,
    description: 'Progress, attempts, reviews and certificates stay; enrolling anew resumes. Harmless twice.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  // At most 5 statements: sign-in, look, update, event, jobs.
  app.delete('/enrollments/:id', { schema: leaving, config }, async (request, reply) => {
    await withdraw(traced(deps, request), signedIn(request), request.params.id);
    return reply.status(204).send();
  });
}
