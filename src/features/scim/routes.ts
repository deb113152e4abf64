import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import { connectionRoutes } from './routes/connections.ts';
import { discoveryRoutes } from './routes/discovery.ts';
import { groupRoutes } from './routes/groups.ts';
import { scimConfig } from './routes/protocol.ts';
import { userRoutes } from './routes/users.ts';
import { notFound } from '#platform/errors.ts';
import { scimMediaType } from './scim-error.ts';

/** For admins: who may provision. */
export function scimRoutes(app: App, deps: Deps): void {
  connectionRoutes(app, deps);
}

/** For directories. Its paths are those of the standard, whatever the API's prefix is. */
export function scimProtocol(app: App, deps: Deps): void {
  app.register(
    async (scim) => {
      scim.addContentTypeParser(
        scimMediaType,
        { parseAs: 'string' },
        scim.getDefaultJsonParser('error', 'error'),
      );
      discoveryRoutes(scim, deps);
      userRoutes(scim, deps);
      groupRoutes(scim, deps);
      // So that what is not there is told in the protocol's words, too.
      scim.all('/*', { schema: { hide: true }, config: scimConfig }, () => {
        throw notFound('Endpoint');
      });
    },
    { prefix: '/scim/v2' },
  );
}
