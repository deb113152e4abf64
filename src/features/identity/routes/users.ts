import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { hasAny } from '#platform/http/step-up.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { createUser } from '../commands/create-user.ts';
import { updateUserByAdmin } from '../commands/update-user.ts';
import { presentUser } from '../present.ts';
import { findUser, listUsers } from '../queries/people.ts';
import { newUserBody, userListQuery, userPage, userPatch, userSchema } from '../schemas.ts';

const tags = ['Users'];
const config = { access: 'users.manage' } as const;
const changing = { ...config, isClosedInDemo: true } as const;
// By these an account is taken over, or given more than it had: a stolen access token must not be enough.
const updatingConfig = { ...changing, needsStepUp: hasAny('role', 'password', 'email', 'status') };
// And nobody is shut out by one.
const deactivatingConfig = { ...changing, needsStepUp: true } as const;
const creatingConfig = { ...config, needsStepUp: (body: unknown) => (body as UserBody).role !== 'student' };
type UserBody = Record<string, unknown>;

export function userRoutes(app: App, deps: Deps): void {
  collectionRoutes(app, deps);
  personRoutes(app, deps);
}

function collectionRoutes(app: App, deps: Deps): void {
  const listing = operation('listUsers', 'List people', {
    tags,
    querystring: userListQuery,
    response: { 200: userPage },
    errors: [400, 401, 403],
  });
  app.get('/users', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = '-createdAt', cursor, include, q, role, status } = request.query;
    const page = await listUsers(
      deps.db,
      { q, role, status },
      { limit, sort, cursor },
      include?.includes('total') ?? false,
    );
    return {
      items: page.rows.map((row) => presentUser(row, deps.config)),
      nextCursor: page.nextCursor,
      ...(page.total && { total: page.total }),
    };
  });

  const creating = operation('createUser', 'Make an account of any role', {
    tags,
    description: 'Any other role than student needs a sign-in of late: 403 `step_up_required`.',
    body: newUserBody,
    sends: ['etag', 'location'],
    response: { 201: userSchema },
    errors: [400, 401, 403, 409],
  });
  app.post('/users', { schema: creating, config: creatingConfig }, async (request, reply) => {
    const user = await createUser(traced(deps, request), signedIn(request), request.body);
    return authored(reply, user.version)
      .status(201)
      .header('location', locationOf(deps, `/users/${user.id}`))
      .send(presentUser(user, deps.config));
  });
}

function personRoutes(app: App, deps: Deps): void {
  const reading = operation('getUser', 'Read a person', {
    tags,
    params: idParams,
    sends: ['etag'],
    response: { 200: userSchema },
    errors: [401, 403, 404],
  });
  app.get('/users/:id', { schema: reading, config }, async (request, reply) => {
    const user = await findUser(deps.db, request.params.id);
    if (!user) throw notFound('User');
    return authored(reply, user.version).send(presentUser(user, deps.config));
  });

  const updating = operation('updateUser', 'Change a person', {
    tags,
    description:
      'Deactivating and a new password end all their sessions. Another role, password, address or status needs a sign-in of late: 403 `step_up_required`.',
    params: idParams,
    body: userPatch,
    sends: ['etag'],
    response: { 200: userSchema },
    errors: [400, 401, 403, 404, 409, 412],
  });
  app.patch('/users/:id', { schema: updating, config: updatingConfig }, async (request, reply) => {
    const user = await updateUserByAdmin(
      traced(deps, request),
      signedIn(request),
      request.params.id,
      request.body,
      ifMatch(request),
    );
    return authored(reply, user.version).send(presentUser(user, deps.config));
  });

  const deactivating = operation('deactivateUser', 'Deactivate a person', {
    tags,
    description: 'Ends their sessions. Their records stay.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409, 412],
  });
  app.delete('/users/:id', { schema: deactivating, config: deactivatingConfig }, async (request, reply) => {
    await updateUserByAdmin(
      traced(deps, request),
      signedIn(request),
      request.params.id,
      { status: 'deactivated' },
      ifMatch(request),
    );
    return reply.status(204).send();
  });
}
