import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { provisionerOf } from '#platform/http/access.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Reply, Request } from '#platform/http/types.ts';
import { changeUser, removeUser } from '../commands/change-user.ts';
import { bringUser } from '../commands/create-user.ts';
import { maxResults } from '../discovery.ts';
import { readFilter } from '../filter.ts';
import { applyOperations, withFlags } from '../patch.ts';
import { readPerson } from '../person.ts';
import { presentList, presentUser } from '../present.ts';
import { projected, type Wish } from '../projection.ts';
import { findUser, listUsers, userFilters, type Range, type UserRow } from '../queries/users.ts';
import { resourceOf, saidBy } from '../said.ts';
import { listingQuery, oneQuery, patchBody, scimUser, scimUserList, userBody } from '../schemas/resources.ts';
import { scimMediaType } from '../scim-error.ts';
import { readUser } from '../user-shape.ts';
import { readVersions, versionOfUser } from '../version.ts';
import { scimConfig as config, scimOperation, sendResource } from './protocol.ts';

export function userRoutes(app: App, deps: Deps): void {
  const send = (request: Request, reply: Reply, row: UserRow) => {
    const user = projected(presentUser(row, deps.config), request.query as Wish);
    return sendResource(request, reply, user, versionOfUser(row));
  };
  collectionRoutes(app, deps, send);
  readingRoute(app, deps, send);
  changingRoutes(app, deps, send);
}

type Send = (request: Request, reply: Reply, row: UserRow) => Reply;

function collectionRoutes(app: App, deps: Deps, send: Send): void {
  const listing = scimOperation('listScimUsers', 'List users', {
    description: `Those that the connection brought. \`filter\` compares by \`eq\`: ${userFilters.join(', ')}.`,
    querystring: listingQuery,
    response: { 200: scimUserList },
    errors: [],
  });
  // 3 statements: token, count, page.
  app.get('/Users', { schema: listing, config }, async (request, reply) => {
    const { query } = request;
    const { connectionId } = provisionerOf(request);
    const range = rangeOf(query);
    const { rows, count } = await listUsers(
      deps.db,
      connectionId,
      readFilter(query.filter, userFilters),
      range,
    );
    const users = rows.map((row) => projected(presentUser(row, deps.config), query));
    return reply.type(scimMediaType).send(presentList(users, { count, offset: range.offset }));
  });

  const creating = scimOperation('createScimUser', 'Bring a user', {
    description:
      'Makes an account, or takes up the one that has the address where the connection speaks for it.',
    body: userBody,
    querystring: oneQuery,
    sends: ['etag', 'location'],
    response: { 201: scimUser },
    errors: [409],
  });
  app.post('/Users', { schema: creating, config }, async (request, reply) => {
    const said = readPerson(readUser(withFlags(request.body) as object));
    const row = await bringUser(traced(deps, request), provisionerOf(request), said);
    reply.status(201).header('location', presentUser(row, deps.config).meta.location);
    return send(request, reply, row);
  });
}

function readingRoute(app: App, deps: Deps, send: Send): void {
  const reading = scimOperation('getScimUser', 'Read a user', {
    params: idParams,
    querystring: oneQuery,
    sends: ['etag'],
    response: { 200: scimUser },
    errors: [404],
  });
  app.get('/Users/:id', { schema: reading, config }, async (request, reply) => {
    const { connectionId } = provisionerOf(request);
    const row = await findUser(deps.db, { connectionId, userId: request.params.id });
    if (!row) throw notFound('User');
    return send(request, reply, row);
  });
}

function changingRoutes(app: App, deps: Deps, send: Send): void {
  const whole = {
    params: idParams,
    querystring: oneQuery,
    sends: ['etag'],
    errors: [404, 409, 412],
  } as const;
  const replacing = scimOperation('replaceScimUser', 'Replace a user', {
    ...whole,
    description: 'The address is replaced where one is said, and stays where none is.',
    body: userBody,
    response: { 200: scimUser },
  });
  app.put('/Users/:id', { schema: replacing, config }, async (request, reply) => {
    const provisioner = provisionerOf(request);
    const said = readPerson(readUser(withFlags(request.body) as object));
    return send(
      request,
      reply,
      await changeUser(traced(deps, request), provisioner, wanted(request), () => said),
    );
  });

  const patching = scimOperation('updateScimUser', 'Change a user', {
    ...whole,
    body: patchBody,
    response: { 200: scimUser },
  });
  app.patch('/Users/:id', { schema: patching, config }, async (request, reply) => {
    const provisioner = provisionerOf(request);
    const row = await changeUser(traced(deps, request), provisioner, wanted(request), async (before) => {
      const resource = resourceOf(before);
      return saidBy(resource, await applyOperations(resource, request.body.Operations));
    });
    return send(request, reply, row);
  });

  const deleting = scimOperation('deleteScimUser', 'Let go of a user', {
    description: 'Deactivates the account. It is not erased, and found again where it is brought again.',
    params: idParams,
    response: { 204: noContent },
    errors: [404, 412],
  });
  app.delete('/Users/:id', { schema: deleting, config }, async (request, reply) => {
    await removeUser(traced(deps, request), provisionerOf(request), wanted(request));
    return reply.status(204).send();
  });
}

function wanted({ params, headers }: Request) {
  return { userId: (params as { id: string }).id, versions: readVersions(headers['if-match']) };
}

/** Which part of a list is meant; more than `maxResults` is never told at once. */
export function rangeOf({
  startIndex = 1,
  count = maxResults,
}: {
  startIndex?: number;
  count?: number;
}): Range {
  return { offset: Math.max(startIndex, 1) - 1, limit: Math.min(Math.max(count, 0), maxResults) };
}
