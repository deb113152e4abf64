import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { operation } from '#platform/http/operation.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { updateMe } from '../commands/update-me.ts';
import { presentMe } from '../present.ts';
import { findUser } from '../queries/people.ts';
import { mePatch, meSchema } from '../schemas.ts';

const tags = ['Me'];
// Also for those who must set up a second factor: a front end begins with who it is.
const config = { access: 'signedIn', isForEnrollment: true } as const;

export function meRoutes(app: App, deps: Deps): void {
  const reading = operation('getMe', 'The person signed in', {
    tags,
    sends: ['etag'],
    response: { 200: meSchema },
    errors: [401],
  });
  app.get('/me', { schema: reading, config }, async (request, reply) => {
    const { userId, granted, impersonator } = signedIn(request);
    const user = await findUser(deps.db, userId);
    if (!user) throw notFound('Account');
    return authored(reply, user.version).send(presentMe({ ...user, granted, impersonator }, deps.config));
  });

  const changing = operation('updateMe', 'Change your own name, language or time zone', {
    tags,
    body: mePatch,
    sends: ['etag'],
    response: { 200: meSchema },
    errors: [400, 401, 412],
  });
  app.patch('/me', { schema: changing, config }, async (request, reply) => {
    const actor = signedIn(request);
    const user = await updateMe(traced(deps, request), actor, request.body, ifMatch(request));
    return authored(reply, user.version).send(presentMe({ ...user, granted: actor.granted }, deps.config));
  });
}
