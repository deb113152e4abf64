import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import {
  addToGroup,
  giveRoleToGroup,
  removeFromGroup,
  takeRoleFromGroup,
} from '../commands/change-members.ts';
import { presentMember } from '../present.ts';
import { findGroup } from '../queries/groups.ts';
import { listMembers, ofGroup } from '../queries/members.ts';
import { groupRoleParams, memberListQuery, memberPage, memberParams } from '../schemas.ts';

const tags = ['Groups'];
const config = { access: 'groups.manage' } as const;
// What gives people more than they had needs a sign-in of late.
const givingConfig = { ...config, needsStepUp: true } as const;

export function groupMemberRoutes(app: App, deps: Deps): void {
  const listing = operation('listGroupMembers', 'List the members of a group', {
    tags,
    params: idParams,
    querystring: memberListQuery,
    response: { 200: memberPage },
    errors: [400, 401, 403, 404],
  });
  // 3 statements: sign-in, group, page.
  app.get('/groups/:id/members', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = 'createdAt', cursor } = request.query;
    const { id } = request.params;
    if (!(await findGroup(deps.db, id))) throw notFound('Group');
    const page = await listMembers(deps.db, ofGroup, id, { limit, sort, cursor });
    return { items: page.rows.map(presentMember), nextCursor: page.nextCursor };
  });

  const adding = operation('addGroupMember', 'Put a person into a group', {
    tags,
    description: 'With the roles that the group has. Again is harmless.',
    params: memberParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409],
  });
  app.put('/groups/:id/members/:userId', { schema: adding, config: givingConfig }, async (request, reply) => {
    await addToGroup(traced(deps, request), signedIn(request), request.params);
    return reply.status(204).send();
  });

  const removing = operation('removeGroupMember', 'Take a person out of a group', {
    tags,
    params: memberParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409],
  });
  app.delete('/groups/:id/members/:userId', { schema: removing, config }, async (request, reply) => {
    await removeFromGroup(traced(deps, request), signedIn(request), request.params);
    return reply.status(204).send();
  });
  roleOfGroupRoutes(app, deps);
}

function roleOfGroupRoutes(app: App, deps: Deps): void {
  const giving = operation('giveGroupRole', 'Give all members of a group a custom role', {
    tags,
    description:
      'Those that come later, too. Again is harmless. It needs `groups.manage`, and all that the role gives.',
    params: groupRoleParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.put('/groups/:id/roles/:roleId', { schema: giving, config: givingConfig }, async (request, reply) => {
    await giveRoleToGroup(traced(deps, request), signedIn(request), request.params);
    return reply.status(204).send();
  });

  const taking = operation('takeGroupRole', 'Take a custom role from a group', {
    tags,
    params: groupRoleParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.delete('/groups/:id/roles/:roleId', { schema: taking, config }, async (request, reply) => {
    await takeRoleFromGroup(traced(deps, request), signedIn(request), request.params);
    return reply.status(204).send();
  });
}
