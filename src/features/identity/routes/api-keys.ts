import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { personOf, signedIn } from '#platform/http/access.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import {
  createApiKey,
  revokeApiKey,
  revokeApiKeyOf,
  rotateApiKey,
  type MadeKey,
} from '../commands/api-keys.ts';
import { presentApiKey } from '../present.ts';
import { findUser } from '../queries/people.ts';
import { listKeys } from '../queries/api-keys.ts';
import {
  apiKeyListQuery,
  apiKeyPage,
  madeApiKeySchema,
  newApiKeyBody,
  userApiKeyParams,
  type ApiKeyListQuery,
} from '../schemas/api-keys.ts';

const tags = ['API keys'];
const config = { access: 'signedIn', whileActing: 'closed' } as const;
// A key outlives the session: who has stolen that must not make one.
const making = { ...config, needsStepUp: true } as const;

export function apiKeyRoutes(app: App, deps: Deps): void {
  ownRoutes(app, deps);
  secretRoutes(app, deps);
  othersRoutes(app, deps);
}

function ownRoutes(app: App, deps: Deps): void {
  const listing = operation('listMyApiKeys', 'List your API keys', {
    tags,
    description: 'Revoked and expired ones too, for `API_KEY_RETENTION_DAYS`.',
    querystring: apiKeyListQuery,
    response: { 200: apiKeyPage },
    errors: [400, 401],
  });
  // 2 statements: sign-in, page.
  app.get('/me/api-keys', { schema: listing, config }, (request) =>
    keysOf(deps, personOf(request).userId, request.query),
  );

  const revoking = operation('revokeMyApiKey', 'Revoke an API key', {
    tags,
    description: 'It stops at once, on every node.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 404],
  });
  app.delete('/me/api-keys/:id', { schema: revoking, config }, async (request, reply) => {
    const { userId } = personOf(request);
    await revokeApiKey(traced(deps, request), { userId, id: request.params.id });
    return reply.status(204).send();
  });
}

function secretRoutes(app: App, deps: Deps): void {
  const present = ({ row, key }: MadeKey) => ({ ...presentApiKey(row, deps.clock.now()), key });

  const creating = operation('createMyApiKey', 'Make an API key', {
    tags,
    description:
      'A program sends it as `Authorization: Bearer lms_…` and acts for you, within the scopes: `<resource>:read` for GET, `<resource>:write` for the rest; the document names the scope of each operation as `x-api-key-scope`. It never does more than you may. Needs a sign-in of late. 409 `api_keys_full`.',
    body: newApiKeyBody,
    sends: ['location'],
    response: { 201: madeApiKeySchema },
    errors: [400, 401, 403, 409],
  });
  app.post('/me/api-keys', { schema: creating, config: making }, async (request, reply) => {
    const made = await createApiKey(traced(deps, request), personOf(request), request.body);
    return reply
      .status(201)
      .header('location', locationOf(deps, `/me/api-keys/${made.row.id}`))
      .header('cache-control', 'no-store')
      .send(present(made));
  });

  const rotating = operation('rotateMyApiKey', 'Make a new secret for an API key', {
    tags,
    description: 'The old one is good for another 24 hours. Needs a sign-in of late.',
    params: idParams,
    response: { 200: madeApiKeySchema },
    errors: [401, 403, 404],
  });
  app.post('/me/api-keys/:id/secret', { schema: rotating, config: making }, async (request, reply) => {
    const made = await rotateApiKey(traced(deps, request), personOf(request), request.params.id);
    return reply.header('cache-control', 'no-store').send(present(made));
  });
}

function othersRoutes(app: App, deps: Deps): void {
  const managing = { access: 'users.manage' } as const;
  const listing = operation('listUserApiKeys', 'List a person’s API keys', {
    tags,
    params: idParams,
    querystring: apiKeyListQuery,
    response: { 200: apiKeyPage },
    errors: [400, 401, 403, 404],
  });
  // 3 statements: sign-in, person, page.
  app.get('/users/:id/api-keys', { schema: listing, config: managing }, async (request) => {
    const owner = await findUser(deps.db, request.params.id);
    if (!owner) throw notFound('User');
    return keysOf(deps, owner.id, request.query);
  });

  const revoking = operation('revokeUserApiKey', 'Revoke a person’s API key', {
    tags,
    description: 'It stops at once, on every node.',
    params: userApiKeyParams,
    response: { 204: noContent },
    errors: [401, 403, 404],
  });
  app.delete('/users/:id/api-keys/:keyId', { schema: revoking, config: managing }, async (request, reply) => {
    const { id: userId, keyId: id } = request.params;
    await revokeApiKeyOf(traced(deps, request), signedIn(request), { userId, id });
    return reply.status(204).send();
  });
}

async function keysOf({ db, clock }: Deps, userId: string, query: ApiKeyListQuery) {
  const { limit = 20, sort = '-createdAt', cursor } = query;
  const page = await listKeys(db, userId, { limit, sort, cursor });
  const now = clock.now();
  return { items: page.rows.map((row) => presentApiKey(row, now)), nextCursor: page.nextCursor };
}
