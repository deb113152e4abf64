import type { Deps } from '#platform/deps.ts';
import { personOf } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { unlinkIdentity } from '../commands/unlink-identity.ts';
import { presentIdentity } from '../present.ts';
import { listIdentities } from '../queries/identities.ts';
import { identityPage, identityQuery } from '../schemas.ts';

const tags = ['Me'];
const config = { access: 'signedIn', whileActing: 'closed' } as const;

export function identityLinkRoutes(app: App, deps: Deps): void {
  const listing = operation('listMyIdentities', 'List the providers that I can sign in by', {
    tags,
    querystring: identityQuery,
    response: { 200: identityPage },
    errors: [400, 401, 403],
  });
  app.get('/me/identities', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = 'createdAt', cursor } = request.query;
    const page = await listIdentities(deps.db, personOf(request).userId, { limit, sort, cursor });
    return { items: page.rows.map(presentIdentity), nextCursor: page.nextCursor };
  });

  const unlinking = operation('unlinkMyIdentity', 'Sign in by a provider no more', {
    tags,
    description:
      'Ends the sessions that came by it. 409 `last_sign_in_way` where nothing else is left to sign in by.',
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 409],
  });
  app.delete(
    '/me/identities/:id',
    { schema: unlinking, config: { ...config, needsStepUp: true } },
    async (request, reply) => {
      await unlinkIdentity(traced(deps, request), personOf(request), request.params.id);
      return reply.status(204).send();
    },
  );
}
