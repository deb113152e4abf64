import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import type { App } from '#platform/http/types.ts';
import { resourceTypes, schemas, serviceProviderConfig } from '../discovery.ts';
import { baseUrlOf, presentList } from '../present.ts';
import { nameParams, oneQuery, scimDescription, scimDescriptionList } from '../schemas/resources.ts';
import { scimMediaType } from '../scim-error.ts';
import { scimConfig as config, scimOperation } from './protocol.ts';

/** What the server can, and what users and groups are. 1 statement each: the token's. */
export function discoveryRoutes(app: App, { config: settings }: Deps): void {
  const base = baseUrlOf(settings);
  const telling = scimOperation('getScimServiceProviderConfig', 'Tell what the server can', {
    querystring: oneQuery,
    response: { 200: scimDescription },
    errors: [],
  });
  app.get('/ServiceProviderConfig', { schema: telling, config }, async (_request, reply) =>
    reply.type(scimMediaType).send(serviceProviderConfig(base)),
  );
  describeAll(app, { path: '/ResourceTypes', of: 'ResourceType', things: () => resourceTypes(base) });
  describeAll(app, { path: '/Schemas', of: 'Schema', things: () => schemas(base) });
}

type Described = { path: string; of: string; things: () => { id: string }[] };

function describeAll(app: App, { path, of, things }: Described): void {
  const listing = scimOperation(`listScim${of}s`, `Describe all: ${of}`, {
    querystring: oneQuery,
    response: { 200: scimDescriptionList },
    errors: [],
  });
  app.get(path, { schema: listing, config }, async (_request, reply) => {
    const all = things();
    return reply.type(scimMediaType).send(presentList(all, { count: all.length, offset: 0 }));
  });
  const reading = scimOperation(`getScim${of}`, `Describe one: ${of}`, {
    params: nameParams,
    querystring: oneQuery,
    response: { 200: scimDescription },
    errors: [404],
  });
  app.get(`${path}/:name`, { schema: reading, config }, async (request, reply) => {
    const { name } = request.params;
    const found = things().find(({ id }) => id.toLowerCase() === name.toLowerCase());
    if (!found) throw notFound(of);
    return reply.type(scimMediaType).send(found);
  });
}
