import type { Deps } from '#platform/deps.ts';
import { operation } from '#platform/http/operation.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Request } from '#platform/http/types.ts';
import { backChannelLogout } from '../commands/back-channel-logout.ts';
import type { ProviderClients } from '../provider-client.ts';
import { logoutTokenBody, loggedOutThere, providerParams } from '../schemas.ts';

const bodyLimit = 65_536;

export function backChannelLogoutRoutes(app: App, deps: Deps, providers: ProviderClients): void {
  app.register(async (forms) => {
    // Whatever else stands in the form is the provider's own.
    forms.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit },
      async (_request: Request, body: string) => ({
        logout_token: new URLSearchParams(body).get('logout_token') ?? '',
      }),
    );
    logoutRoute(forms, deps, providers);
  });
}

function logoutRoute(app: App, deps: Deps, providers: ProviderClients): void {
  const leaving = operation('backChannelLogout', 'Log out by the provider', {
    tags: ['Sign-in'],
    description:
      'A provider calls this, with a form (OpenID Connect Back-Channel Logout 1.0). The sessions of its `sub` or `sid` end at once.',
    params: providerParams,
    body: logoutTokenBody,
    response: { 200: loggedOutThere },
    errors: [400, 404, 429],
  });
  const config = { access: 'public', ignoresCaller: true, limit: 'tokens' } as const;
  const path = '/auth/oidc/:provider/back-channel-logout';
  app.post(path, { schema: leaving, config }, async (request, reply) => {
    const signOnDeps = { ...traced(deps, request), providers };
    await backChannelLogout(signOnDeps, request.params.provider, request.body.logout_token);
    return reply.header('cache-control', 'no-store').send({ result: 'loggedOut' as const });
  });
}
