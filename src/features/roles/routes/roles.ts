import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { changeRole, createRole, removeRole } from '../commands/change-role.ts';
import { presentRole } from '../present.ts';
import { findRole, listRoles } from '../queries/roles.ts';
import { listingQuery, newRoleBody, rolePage, rolePatch, roleSchema } from '../schemas.ts';

const tags = ['Roles'];
const config = { access: 'roles.manage' } as const;
// What gives people more than they had needs a sign-in of late.
const givingConfig = { ...config, needsStepUp: true } as const;

export function roleRoutes(app: App, deps: Deps): void {
  collectionRoutes(app, deps);
  oneRoleRoutes(app, deps);
}

function collectionRoutes(app: App, deps: Deps): void {
  const listing = operation('listCustomRoles', 'List custom roles', {
    tags,
    querystring: listingQuery,
    response: { 200: rolePage },
    errors: [400, 401, 403],
  });
  // 2 statements: sign-in, page.
  app.get('/roles', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = 'createdAt', cursor, q } = request.query;
    const page = await listRoles(deps.db, { q }, { limit, sort, cursor });
    return { items: page.rows.map(presentRole), nextCursor: page.nextCursor };
  });

  const creating = operation('createCustomRole', 'Make a custom role', {
    tags,
    description:
      'Named permissions beside those of the roles admin, instructor and student. One gives only what one has: 403 `permission_not_held`.',
    body: newRoleBody,
    sends: ['etag', 'location'],
    response: { 201: roleSchema },
    errors: [400, 401, 403, 409],
  });
  app.post('/roles', { schema: creating, config }, async (request, reply) => {
    const role = await createRole(traced(deps, request), signedIn(request), request.body);
    return authored(reply, role.version)
      .status(201)
      .header('location', locationOf(deps, `/roles/${role.id}`))
      .send(presentRole(role));
  });
}

function oneRoleRoutes(app: App, deps: Deps): void {
  const reading = operation('getCustomRole', 'Read a custom role', {
    tags,
    params: idParams,
    sends: ['etag'],
    response: { 200: roleSchema },
    errors: [401, 403, 404],
  });
  // 2 statements.
  app.get('/roles/:id', { schema: reading, config }, async (request, reply) => {
    const role = await findRole(deps.db, request.params.id);
    if (!role) throw notFound('Role');
    return authored(reply, role.version).send(presentRole(role));
  });

  const changing = operation('updateCustomRole', 'Change a custom role', {
    tags,
    description: 'Who has it can do what it then gives from the next request on.',
    params: idParams,
    body: rolePatch,
    sends: ['etag'],
    response: { 200: roleSchema },
    errors: [400, 401, 403, 404, 409, 412],
  });
  app.patch('/roles/:id', { schema: changing, config: givingConfig }, async (request, reply) => {
    const change = { patch: request.body, versions: ifMatch(request) };
    const role = await changeRole(traced(deps, request), signedIn(request), request.params.id, change);
    return authored(reply, role.version).send(presentRole(role));
  });

  const deleting = operation('deleteCustomRole', 'Delete a custom role', {
    tags,
    description: 'It is taken from everybody who has it.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 412],
  });
  app.delete('/roles/:id', { schema: deleting, config }, async (request, reply) => {
    await removeRole(traced(deps, request), signedIn(request), request.params.id, ifMatch(request));
    return reply.status(204).send();
  });
}
