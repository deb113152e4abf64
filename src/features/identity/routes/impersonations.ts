import type { Deps } from '#platform/deps.ts';
import { personOf } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { startImpersonation, stopImpersonation } from '../commands/impersonation.ts';
import { impersonationBody, impersonationParams, impersonationSchema } from '../schemas/impersonation.ts';

const tags = ['Acting as another'];
const config = { access: 'users.manage', isClosedInDemo: true } as const;

export function impersonationRoutes(app: App, deps: Deps): void {
  const starting = operation('startImpersonation', 'Act as another person, to see what they see', {
    tags,
    description:
      'For admins by role, and as nobody who has permissions beyond making courses. By its access token one reads what the person reads, and may enroll; whatever else changes something, and what is of their credentials and sessions, answers 403 `not_while_acting`. It lives 15 minutes at most, and ends with the admin’s own session, by `POST /auth/logout`, or by DELETE. `GET /me` then names the `impersonator`. The person is told by mail, and finds it in `GET /me/sessions`. Needs a sign-in of late.',
    params: idParams,
    body: impersonationBody,
    response: { 201: impersonationSchema },
    errors: [400, 401, 403, 404, 409],
  });
  app.post(
    '/users/:id/impersonations',
    { schema: starting, config: { ...config, needsStepUp: true } },
    async (request, reply) => {
      const { params, body } = request;
      const started = await startImpersonation(
        traced(deps, request),
        personOf(request),
        params.id,
        body.reason,
      );
      const { expiresInSeconds: expiresIn, ...rest } = started;
      return reply
        .status(201)
        .header('cache-control', 'no-store')
        .send({ ...rest, tokenType: 'Bearer' as const, expiresIn });
    },
  );

  const ending = operation('endImpersonation', 'Stop acting as a person', {
    tags,
    description: 'One’s own, or another admin’s. Its access token stops at once, on every node.',
    params: impersonationParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.delete(
    '/users/:id/impersonations/:impersonationId',
    { schema: ending, config },
    async (request, reply) => {
      const { id: userId, impersonationId: id } = request.params;
      await stopImpersonation(traced(deps, request), { userId, id });
      return reply.status(204).send();
    },
  );
}
