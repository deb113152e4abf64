import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import {
  changeConnection,
  createConnection,
  removeConnection,
  rotateToken,
  type MadeConnection,
} from '../commands/change-connection.ts';
import { presentConnection } from '../present.ts';
import { findConnection, listConnections } from '../queries/connections.ts';
import {
  connectionPage,
  connectionPatch,
  connectionQuery,
  connectionSchema,
  madeConnectionSchema,
  newConnectionBody,
  newTokenBody,
} from '../schemas/connections.ts';

const tags = ['Single sign-on'];
const config = { access: 'sso.manage' } as const;
const closable = { ...config, isClosedInDemo: true, needsStepUp: true } as const;

export function connectionRoutes(app: App, deps: Deps): void {
  readingRoutes(app, deps);
  makingRoutes(app, deps);
  changingRoutes(app, deps);
}

function readingRoutes(app: App, deps: Deps): void {
  const listing = operation('listScimConnections', 'List the SCIM connections', {
    tags,
    querystring: connectionQuery,
    response: { 200: connectionPage },
    errors: [400, 401, 403],
  });
  // 2 statements.
  app.get('/admin/scim/connections', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = '-createdAt', cursor } = request.query;
    const page = await listConnections(deps.db, { limit, sort, cursor });
    const now = deps.clock.now();
    const items = page.rows.map((row) => presentConnection(row, deps.config, now));
    return { items, nextCursor: page.nextCursor };
  });

  const reading = operation('getScimConnection', 'Read a SCIM connection', {
    tags,
    params: idParams,
    sends: ['etag'],
    response: { 200: connectionSchema },
    errors: [401, 403, 404],
  });
  app.get('/admin/scim/connections/:id', { schema: reading, config }, async (request, reply) => {
    const row = await findConnection(deps.db, request.params.id);
    if (!row) throw notFound('Connection');
    return authored(reply, row.version).send(presentConnection(row, deps.config, deps.clock.now()));
  });
}

function makingRoutes(app: App, deps: Deps): void {
  const present = ({ row, token }: MadeConnection) => ({
    ...presentConnection(row, deps.config, deps.clock.now()),
    token,
  });
  const creating = operation('createScimConnection', 'Add a SCIM connection', {
    tags,
    description:
      'For a directory that brings people and groups. Its token is shown now and never again. It takes every permission that there is.',
    body: newConnectionBody,
    sends: ['etag', 'location'],
    response: { 201: madeConnectionSchema },
    errors: [400, 401, 403],
  });
  app.post('/admin/scim/connections', { schema: creating, config: closable }, async (request, reply) => {
    const made = await createConnection(traced(deps, request), signedIn(request), request.body);
    return authored(reply, made.row.version)
      .status(201)
      .header('location', locationOf(deps, `/admin/scim/connections/${made.row.id}`))
      .header('cache-control', 'no-store')
      .send(present(made));
  });

  const rotating = operation('rotateScimToken', 'Make a new token for a SCIM connection', {
    tags,
    description: 'The old one is good for another 24 hours. It takes every permission that there is.',
    params: idParams,
    body: newTokenBody,
    isBodyOptional: true,
    sends: ['etag'],
    response: { 200: madeConnectionSchema },
    errors: [400, 401, 403, 404],
  });
  const path = '/admin/scim/connections/:id/token';
  app.post(path, { schema: rotating, config: closable }, async (request, reply) => {
    const { id } = request.params;
    const made = await rotateToken(traced(deps, request), signedIn(request), id, request.body);
    return authored(reply, made.row.version).header('cache-control', 'no-store').send(present(made));
  });
}

function changingRoutes(app: App, deps: Deps): void {
  const changing = operation('updateScimConnection', 'Change a SCIM connection', {
    tags,
    description:
      'Renaming it and switching it off takes `sso.manage`; all else every permission that there is.',
    params: idParams,
    body: connectionPatch,
    sends: ['etag'],
    response: { 200: connectionSchema },
    errors: [400, 401, 403, 404, 412],
  });
  app.patch('/admin/scim/connections/:id', { schema: changing, config: closable }, async (request, reply) => {
    const change = { patch: request.body, versions: ifMatch(request) };
    const row = await changeConnection(traced(deps, request), signedIn(request), request.params.id, change);
    return authored(reply, row.version).send(presentConnection(row, deps.config, deps.clock.now()));
  });

  const deleting = operation('deleteScimConnection', 'Delete a SCIM connection', {
    tags,
    description: 'Its people and groups stay, and can be changed by hand from then on.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 412],
  });
  app.delete(
    '/admin/scim/connections/:id',
    { schema: deleting, config: closable },
    async (request, reply) => {
      await removeConnection(traced(deps, request), request.params.id, ifMatch(request));
      return reply.status(204).send();
    },
  );
}
