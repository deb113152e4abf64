import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { endSuspension, suspendUser } from '../commands/suspension.ts';
import { presentSuspension } from '../present.ts';
import { findSuspensionOf } from '../queries/suspensions.ts';
import { suspensionBody, suspensionSchema } from '../schemas/suspension.ts';

const tags = ['Users'];
const config = { access: 'users.manage' } as const;
const changing = { ...config, isClosedInDemo: true } as const;

export function suspensionRoutes(app: App, deps: Deps): void {
  const reading = operation('getSuspension', 'Why and until when a person is suspended', {
    tags,
    params: idParams,
    response: { 200: suspensionSchema },
    errors: [401, 403, 404],
  });
  app.get('/users/:id/suspension', { schema: reading, config }, async (request) => {
    const found = await findSuspensionOf(deps.db, request.params.id, deps.clock.now());
    if (!found) throw notFound('Suspension');
    return presentSuspension(found);
  });

  const suspending = operation('suspendUser', 'Suspend a person, or say anew why and until when', {
    tags,
    description:
      'Ends their sessions and stops their API keys at once, on every node. Their records and enrollments stay. They are told by mail; who then signs in with the right password gets 403 `account_suspended`. Needs all permissions that the person has.',
    params: idParams,
    body: suspensionBody,
    response: { 200: suspensionSchema },
    errors: [400, 401, 403, 404, 409],
  });
  app.put('/users/:id/suspension', { schema: suspending, config: changing }, async (request) => {
    const { params, body } = request;
    return presentSuspension(await suspendUser(traced(deps, request), signedIn(request), params.id, body));
  });

  const ending = operation('endSuspension', 'Let a person in again', {
    tags,
    description:
      'They are told by mail. Their API keys work again. Whom a directory has deactivated meanwhile stays so, and is told nothing.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.delete('/users/:id/suspension', { schema: ending, config: changing }, async (request, reply) => {
    await endSuspension(traced(deps, request), signedIn(request), request.params.id);
    return reply.status(204).send();
  });
}
