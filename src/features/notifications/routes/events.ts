import type { Deps } from '#platform/deps.ts';
import { personOf } from '#platform/http/access.ts';
import { beginEventStream, eventStreamHeaders, eventStreamType } from '#platform/http/event-stream.ts';
import { operation } from '#platform/http/operation.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Request } from '#platform/http/types.ts';
import { makeTicket } from '../commands/tickets.ts';
import { textOf } from '../live/feeder.ts';
import type { Hub } from '../live/hub.ts';
import { placeOf } from '../live/place.ts';
import { readNews } from '../queries/news.ts';
import { streamAnswer, streamQuery, ticketSchema } from '../schemas.ts';

const tags = ['Notifications'];

export function eventRoutes(app: App, deps: Deps, hub: Hub): void {
  const following = operation('followEvents', 'Your news as it happens, as Server-Sent Events', {
    tags,
    description:
      'By access token, by the cookies of a page, or by `?ticket=` where no header can be sent. `notification`: what `GET /me/notifications` lists too. `progress`: a lesson moved on another device. After `ready` nothing is missed: read then what you show. To go on after an interruption send the last `id` as `Last-Event-ID` or `lastEventId`; what cannot be gone on from is answered by `reset`. The stream ends with the session, not with the access token.',
    querystring: streamQuery,
    response: { 200: streamAnswer },
    errors: [400, 401],
  });
  const config = { access: 'signedIn', takesTicket: true, isStream: true, limit: 'streams' } as const;
  // 2 statements: sign-in or ticket, news.
  app.get('/me/events', { schema: following, config }, async (request, reply) => {
    const actor = personOf(request);
    const after = lastPlaceOf(request, request.query.lastEventId);
    reply.headers(eventStreamHeaders).type(eventStreamType);
    if (request.method === 'HEAD') return reply.send(Buffer.alloc(0));
    if (request.query.follow === false) {
      const place = { key: 0, ...actor, after };
      const [news] = await readNews(deps.db, [place], deps.clock.now());
      return reply.send(Buffer.from(news?.isAlive ? textOf(after, news.position, news.items) : ''));
    }
    hub.requireRoom();
    const sink = beginEventStream(request, reply);
    const stream = hub.open(sink, { userId: actor.userId, sessionId: actor.sessionId, after });
    sink.once('close', () => hub.forget(stream));
    return reply;
  });

  const ticketing = operation('createStreamTicket', 'A ticket that opens one stream', {
    tags,
    description:
      'For browsers’ EventSource, which can send no header, where the page has no cookies. It works once, within 30 s, on any node, and ends with the session.',
    response: { 201: ticketSchema },
    errors: [401, 429],
  });
  // 2 statements: sign-in, ticket.
  app.post(
    '/me/events/tickets',
    { schema: ticketing, config: { access: 'signedIn', limit: 'streams', whileActing: 'open' } },
    async (request, reply) => {
      const { ticket, expiresAt } = await makeTicket(traced(deps, request), personOf(request));
      return reply
        .status(201)
        .header('cache-control', 'no-store')
        .send({ ticket, expiresAt: expiresAt.toISOString() });
    },
  );
}

// A browser that comes back by itself sends the header, beside an address that is as old as the first connection.
function lastPlaceOf(request: Request, inQuery: string | undefined): number | null {
  const header = request.headers['last-event-id'];
  return placeOf(typeof header === 'string' ? header : inQuery);
}
