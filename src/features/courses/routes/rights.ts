import { explainRights } from '#features/roles/commands/explain-rights.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import type { App } from '#platform/http/types.ts';
import { may, standingOf } from '../policy.ts';
import { presentRights } from '../present.ts';
import { findCourseStanding } from '../queries/courses.ts';
import { rightsQuery, rightsSchema } from '../schemas/rights.ts';

export function rightsRoutes(app: App, deps: Deps): void {
  const own = operation('getMyPermissions', 'What you may do, and why', {
    tags: ['Me'],
    description: 'With `course`, in that course too.',
    querystring: rightsQuery,
    response: { 200: rightsSchema },
    errors: [400, 401, 404],
  });
  // 3 statements: sign-in, roles, course.
  app.get('/me/permissions', { schema: own, config: { access: 'signedIn' } }, async (request) => {
    const { userId } = signedIn(request);
    return explain(deps, { userId, courseId: request.query.course, isOwn: true });
  });

  const others = operation('getUserPermissions', 'What a person may do, and why', {
    tags: ['Users'],
    description: 'With `course`, in that course too.',
    params: idParams,
    querystring: rightsQuery,
    response: { 200: rightsSchema },
    errors: [400, 401, 403, 404],
  });
  app.get('/users/:id/permissions', { schema: others, config: { access: 'users.manage' } }, (request) =>
    explain(deps, { userId: request.params.id, courseId: request.query.course, isOwn: false }),
  );
}

type Wish = { userId: string; courseId: string | undefined; isOwn: boolean };

async function explain(deps: Deps, { userId, courseId, isOwn }: Wish) {
  const rights = await explainRights(deps.db, userId);
  if (!rights) throw notFound('User');
  const actor: Actor = { ...rights, userId, sessionId: null };
  if (courseId === undefined) return presentRights(actor, rights, null);
  const course = await findCourseStanding(deps.db, courseId, userId);
  if (!course || (isOwn && !may(actor, 'course.view', standingOf(course)))) throw notFound('Course');
  return presentRights(actor, rights, { id: course.id, standing: standingOf(course) });
}
