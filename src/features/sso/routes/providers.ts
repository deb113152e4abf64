import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { changeProvider, createProvider } from '../commands/change-provider.ts';
import { removeProvider } from '../commands/remove-provider.ts';
import { presentProvider } from '../present.ts';
import { findProvider, listProviders } from '../queries/providers.ts';
import { newProviderBody, providerPage, providerPatch, providerQuery, providerSchema } from '../schemas.ts';

const tags = ['Single sign-on'];
const config = { access: 'sso.manage' } as const;
const closable = { ...config, isClosedInDemo: true, needsStepUp: true } as const;

export function providerRoutes(app: App, deps: Deps): void {
  collectionRoutes(app, deps);
  oneRoutes(app, deps);
}

function collectionRoutes(app: App, deps: Deps): void {
  const listing = operation('listSsoProviders', 'List the providers of single sign-on', {
    tags,
    querystring: providerQuery,
    response: { 200: providerPage },
    errors: [400, 401, 403],
  });
  // 2 statements.
  app.get('/admin/sso/providers', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = '-createdAt', cursor } = request.query;
    const page = await listProviders(deps.db, { limit, sort, cursor });
    return { items: page.rows.map((row) => presentProvider(row, deps.config)), nextCursor: page.nextCursor };
  });

  const creating = operation('createSsoProvider', 'Add a provider of single sign-on', {
    tags,
    description:
      'OpenID Connect with discovery, or SAML 2.0. Who adds one decides whom it signs in, so it takes every permission that there is.',
    body: newProviderBody,
    sends: ['etag', 'location'],
    response: { 201: providerSchema },
    errors: [400, 401, 403, 409],
  });
  app.post('/admin/sso/providers', { schema: creating, config: closable }, async (request, reply) => {
    const provider = await createProvider(traced(deps, request), signedIn(request), request.body);
    return authored(reply, provider.version)
      .status(201)
      .header('location', locationOf(deps, `/admin/sso/providers/${provider.id}`))
      .send(presentProvider(provider, deps.config));
  });
}

function oneRoutes(app: App, deps: Deps): void {
  const reading = operation('getSsoProvider', 'Read a provider of single sign-on', {
    tags,
    params: idParams,
    sends: ['etag'],
    response: { 200: providerSchema },
    errors: [401, 403, 404],
  });
  app.get('/admin/sso/providers/:id', { schema: reading, config }, async (request, reply) => {
    const provider = await findProvider(deps.db, request.params.id);
    if (!provider) throw notFound('Provider');
    return authored(reply, provider.version).send(presentProvider(provider, deps.config));
  });

  const changing = operation('updateSsoProvider', 'Change a provider of single sign-on', {
    tags,
    description:
      'Renaming it and switching it off takes `sso.manage`; all else every permission that there is. Sessions that came by it go on.',
    params: idParams,
    body: providerPatch,
    sends: ['etag'],
    response: { 200: providerSchema },
    errors: [400, 401, 403, 404, 409, 412],
  });
  app.patch('/admin/sso/providers/:id', { schema: changing, config: closable }, async (request, reply) => {
    const change = { patch: request.body, versions: ifMatch(request) };
    const provider = await changeProvider(
      traced(deps, request),
      signedIn(request),
      request.params.id,
      change,
    );
    return authored(reply, provider.version).send(presentProvider(provider, deps.config));
  });

  const deleting = operation('deleteSsoProvider', 'Delete a provider of single sign-on', {
    tags,
    description:
      'With the links of people to it, and what their groups there gave. It is switched off first; where the deletion is interrupted, delete it again. Sessions that came by it go on.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 412],
  });
  app.delete('/admin/sso/providers/:id', { schema: deleting, config: closable }, async (request, reply) => {
    await removeProvider(traced(deps, request), request.params.id, ifMatch(request));
    return reply.status(204).send();
  });
}
