import type { Deps } from '#platform/deps.ts';
import { personOf } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { endSessionOf } from '../commands/end-own-session.ts';
import { presentSession } from '../present.ts';
import { listOpenSessions } from '../queries/own-sessions.ts';
import { sessionListQuery, sessionPage } from '../schemas/sessions.ts';

const tags = ['Me'];
const config = { access: 'signedIn', isForEnrollment: true, whileActing: 'closed' } as const;

export function sessionRoutes(app: App, deps: Deps): void {
  const listing = operation('listMySessions', 'List where you are signed in', {
    tags,
    description:
      '`lastUsedAt` is when its tokens were last renewed. Sessions by which an admin acted as you are listed for a week after they ended, too.',
    querystring: sessionListQuery,
    response: { 200: sessionPage },
    errors: [400, 401],
  });
  // 2 statements: sign-in, page.
  app.get('/me/sessions', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = '-createdAt', cursor } = request.query;
    const { userId, sessionId } = personOf(request);
    const now = deps.clock.now();
    const of = { userId, now };
    const page = await listOpenSessions(deps.db, of, { limit, sort, cursor });
    return {
      items: page.rows.map((row) => presentSession(row, sessionId, now)),
      nextCursor: page.nextCursor,
    };
  });

  const ending = operation('endMySession', 'Sign out on another device, or on this one', {
    tags,
    description: 'Its access token stops at once, on every node.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 404],
  });
  app.delete('/me/sessions/:id', { schema: ending, config }, async (request, reply) => {
    await endSessionOf(traced(deps, request), personOf(request), request.params.id);
    return reply.status(204).send();
  });
}
