import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { changeGroup, createGroup, removeGroup } from '../commands/change-group.ts';
import { presentGroup } from '../present.ts';
import { findGroup, listGroups } from '../queries/groups.ts';
import { groupPage, groupPatch, groupSchema, listingQuery, newGroupBody } from '../schemas.ts';

const tags = ['Groups'];
const config = { access: 'groups.manage' } as const;

export function groupRoutes(app: App, deps: Deps): void {
  collectionRoutes(app, deps);
  oneGroupRoutes(app, deps);
}

function collectionRoutes(app: App, deps: Deps): void {
  const listing = operation('listGroups', 'List groups', {
    tags,
    querystring: listingQuery,
    response: { 200: groupPage },
    errors: [400, 401, 403],
  });
  // 2 statements: sign-in, page.
  app.get('/groups', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = 'createdAt', cursor, q } = request.query;
    const page = await listGroups(deps.db, { q }, { limit, sort, cursor });
    return { items: page.rows.map(presentGroup), nextCursor: page.nextCursor };
  });

  const creating = operation('createGroup', 'Make a group', {
    tags,
    description: 'People across courses, such as a class or a department.',
    body: newGroupBody,
    sends: ['etag', 'location'],
    response: { 201: groupSchema },
    errors: [400, 401, 403, 409],
  });
  app.post('/groups', { schema: creating, config }, async (request, reply) => {
    const group = await createGroup(traced(deps, request), request.body);
    return authored(reply, group.version)
      .status(201)
      .header('location', locationOf(deps, `/groups/${group.id}`))
      .send(presentGroup(group));
  });
}

function oneGroupRoutes(app: App, deps: Deps): void {
  const reading = operation('getGroup', 'Read a group', {
    tags,
    params: idParams,
    sends: ['etag'],
    response: { 200: groupSchema },
    errors: [401, 403, 404],
  });
  // 2 statements.
  app.get('/groups/:id', { schema: reading, config }, async (request, reply) => {
    const group = await findGroup(deps.db, request.params.id);
    if (!group) throw notFound('Group');
    return authored(reply, group.version).send(presentGroup(group));
  });

  const changing = operation('updateGroup', 'Change a group', {
    tags,
    description: 'Its members and its roles are changed below it.',
    params: idParams,
    body: groupPatch,
    sends: ['etag'],
    response: { 200: groupSchema },
    errors: [400, 401, 403, 404, 409, 412],
  });
  app.patch('/groups/:id', { schema: changing, config }, async (request, reply) => {
    const change = { patch: request.body, versions: ifMatch(request) };
    const group = await changeGroup(traced(deps, request), request.params.id, change);
    return authored(reply, group.version).send(presentGroup(group));
  });

  const deleting = operation('deleteGroup', 'Delete a group', {
    tags,
    description: 'Its members stay, and lose the roles that they had by it.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409, 412],
  });
  app.delete('/groups/:id', { schema: deleting, config }, async (request, reply) => {
    await removeGroup(traced(deps, request), signedIn(request), request.params.id, ifMatch(request));
    return reply.status(204).send();
  });
}
