import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { giveRole, takeRole } from '../commands/change-members.ts';
import { presentMember } from '../present.ts';
import { listMembers, ofRole } from '../queries/members.ts';
import { findRole } from '../queries/roles.ts';
import { memberListQuery, memberPage, memberParams } from '../schemas.ts';

const tags = ['Roles'];
const config = { access: 'roles.manage' } as const;
// What gives people more than they had needs a sign-in of late.
const givingConfig = { ...config, needsStepUp: true } as const;

export function roleMemberRoutes(app: App, deps: Deps): void {
  const listing = operation(
    'listCustomRoleMembers',
    'List who has a custom role, by themselves and not by a group',
    {
      tags,
      params: idParams,
      querystring: memberListQuery,
      response: { 200: memberPage },
      errors: [400, 401, 403, 404],
    },
  );
  // 3 statements: sign-in, role, page.
  app.get('/roles/:id/members', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = 'createdAt', cursor } = request.query;
    const { id } = request.params;
    if (!(await findRole(deps.db, id))) throw notFound('Role');
    const page = await listMembers(deps.db, ofRole, id, { limit, sort, cursor });
    return { items: page.rows.map(presentMember), nextCursor: page.nextCursor };
  });

  const adding = operation('giveCustomRole', 'Give a person a custom role', {
    tags,
    description: 'Again is harmless. One gives only what one has: 403 `permission_not_held`.',
    params: memberParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.put('/roles/:id/members/:userId', { schema: adding, config: givingConfig }, async (request, reply) => {
    await giveRole(traced(deps, request), signedIn(request), request.params);
    return reply.status(204).send();
  });

  const removing = operation('takeCustomRole', 'Take a custom role from a person', {
    tags,
    params: memberParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.delete('/roles/:id/members/:userId', { schema: removing, config }, async (request, reply) => {
    await takeRole(traced(deps, request), signedIn(request), request.params);
    return reply.status(204).send();
  });
}
