import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { personOf, signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { endOtherSessions, endSessionOf } from '../commands/end-own-session.ts';
import { endSessionsOfUser } from '../commands/end-sessions-of-user.ts';
import { presentSession } from '../present.ts';
import { keepKnownDevice } from '../remember-device.ts';
import { findOpenSession, listOpenSessions } from '../queries/own-sessions.ts';
import { sessionListQuery, sessionPage, sessionSchema } from '../schemas/sessions.ts';

const tags = ['Me'];
const config = { access: 'signedIn', isForEnrollment: true, whileActing: 'closed' } as const;
const changing = { ...config, needsStepUp: true } as const;

export function sessionRoutes(app: App, deps: Deps): void {
  readingRoutes(app, deps);
  endingRoutes(app, deps);
}

function readingRoutes(app: App, deps: Deps): void {
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

  const getting = operation('getMySession', 'Get where you are signed in, or an admin acted as you', {
    tags,
    description: 'One that is listed: 404 for one that has ended or expired.',
    params: idParams,
    response: { 200: sessionSchema },
    errors: [401, 404],
  });
  // 2 statements: sign-in, session.
  app.get('/me/sessions/:id', { schema: getting, config }, async (request) => {
    const { userId, sessionId } = personOf(request);
    const now = deps.clock.now();
    const row = await findOpenSession(deps.db, { userId, now }, request.params.id);
    if (!row) throw notFound('Session');
    return presentSession(row, sessionId, now);
  });
}

function endingRoutes(app: App, deps: Deps): void {
  const ending = operation('endMySession', 'Sign out on another device, or on this one', {
    tags,
    description:
      'Its access token stops at once, on every node. Needs a sign-in of late; to leave the present one, `POST /auth/logout` does not.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.delete('/me/sessions/:id', { schema: ending, config: changing }, async (request, reply) => {
    await endSessionOf(traced(deps, request), personOf(request), request.params.id);
    return reply.status(204).send();
  });

  const endingOthers = operation('endMyOtherSessions', 'Sign out everywhere but here', {
    tags,
    description:
      'All your sessions but this one end at once, on every node, and so do logins that wait for a second factor. Devices on which you signed in before are known no more, but for this one, whose token is renewed. API keys stay. Needs a sign-in of late.',
    sends: ['cookies', 'device'],
    response: { 204: noContent },
    errors: [401, 403],
  });
  app.delete('/me/sessions', { schema: endingOthers, config: changing }, async (request, reply) => {
    const person = await endOtherSessions(traced(deps, request), personOf(request));
    keepKnownDevice(request, reply, deps, person);
    return reply.status(204).send();
  });

  const endingOfUser = operation('endUserSessions', 'Sign a person out everywhere', {
    tags: ['Users'],
    description:
      'On every node, at once; they can sign in again, on devices that do not know them any more, and their API keys stay. For one who may not do more than you. Needs a sign-in of late.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  const managing = { access: 'users.manage', isClosedInDemo: true, needsStepUp: true } as const;
  app.delete('/users/:id/sessions', { schema: endingOfUser, config: managing }, async (request, reply) => {
    await endSessionsOfUser(traced(deps, request), signedIn(request), request.params.id);
    return reply.status(204).send();
  });
}
