import type { Deps } from '#platform/deps.ts';
import { cookieIn } from '#platform/http/cookies.ts';
import { operation } from '#platform/http/operation.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Reply, Request } from '#platform/http/types.ts';
import { cookieNameOf, setCookie } from '../browser-secret.ts';
import { completeSignOn, signOnInvalid } from '../commands/complete-sign-on.ts';
import { startSignOn } from '../commands/start-sign-on.ts';
import { showLost } from '../lost-page.ts';
import { presentChoice } from '../present.ts';
import { askProvider, authorizationUrlAt } from '../provider-answer.ts';
import type { ProviderClients } from '../provider-client.ts';
import { listActiveProviders } from '../queries/providers.ts';
import {
  callbackQuery,
  choicePage,
  choiceQuery,
  providerParams,
  redirected,
  startQuery,
} from '../schemas.ts';

const tags = ['Sign-in'];
const config = { access: 'public', signsIn: true, ignoresCaller: true } as const;
const limited = { ...config, limit: 'signOn' } as const;

/** What browsers go through to sign in by a provider. */
export function signOnRoutes(app: App, deps: Deps, providers: ProviderClients): void {
  const depsOf = (request: Request) => ({ ...traced(deps, request), providers });
  const isSecure = deps.config.publicUrl.startsWith('https:');

  const choosing = operation('listSignInProviders', 'List the providers that one can sign in by', {
    tags,
    description: 'Of every protocol.',
    querystring: choiceQuery,
    response: { 200: choicePage },
    errors: [400],
  });
  app.get('/auth/oidc/providers', { schema: choosing, config }, async (request) => {
    const { limit = 20, sort = 'name', cursor } = request.query;
    const page = await listActiveProviders(deps.db, { limit, sort, cursor });
    return { items: page.rows.map((row) => presentChoice(row, deps.config)), nextCursor: page.nextCursor };
  });

  const starting = operation('startSignOn', 'Begin to sign in by a provider', {
    tags,
    description:
      'For a browser to open, not for a program. It leads to the provider, and from there back to `returnTo` with `#code=` for `POST /auth/login/exchanges`, or with `#error=`.',
    params: providerParams,
    querystring: startQuery,
    response: { 302: redirected },
    errors: [400, 404, 429],
  });
  app.get('/auth/oidc/:provider/start', { schema: starting, config: limited }, async (request, reply) => {
    const of = depsOf(request);
    const beginning = { protocol: 'oidc', key: request.params.provider, ...request.query } as const;
    const { location, started } = await startSignOn(of, beginning, (provider, own) =>
      authorizationUrlAt(of, provider, own),
    );
    if (started)
      reply.header('set-cookie', setCookie(cookieNameOf(started.state, isSecure), started.secret, isSecure));
    return lead(reply, location);
  });

  const returning = operation('completeSignOn', 'Come back from a provider', {
    tags,
    description: 'Where a provider sends the browser; no program calls this.',
    params: providerParams,
    querystring: callbackQuery,
    response: { 302: redirected },
    errors: [400, 429],
  });
  const options = { schema: returning, config: limited, errorHandler: showLost(deps.config) };
  app.get('/auth/oidc/:provider/callback', options, async (request, reply) => {
    const { state } = request.query;
    if (state === undefined) throw signOnInvalid();
    const name = cookieNameOf(state, isSecure);
    const secret = cookieIn(request.headers.cookie, name);
    if (secret === undefined) throw signOnInvalid();
    const query = new URLSearchParams(request.query as Record<string, string>);
    const of = depsOf(request);
    const started = { state, secret };
    const returned = { protocol: 'oidc', key: request.params.provider, started } as const;
    const location = await completeSignOn(of, returned, (provider) =>
      askProvider(of, provider, { started, query }),
    );
    reply.header('set-cookie', setCookie(name, '', isSecure));
    return lead(reply, location);
  });
}

// The address of a callback holds a code of the provider's: no page learns it.
export function lead(reply: Reply, location: string, status: 302 | 303 = 302) {
  return reply
    .status(status)
    .headers({ location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    .send();
}
