import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { cookieIn } from '#platform/http/cookies.ts';
import { operation } from '#platform/http/operation.ts';
import { traced } from '#platform/http/traced.ts';
import type { App, Request } from '#platform/http/types.ts';
import { cookieNameOf, requestIdOf, setCookie } from '../browser-secret.ts';
import { completeSignOn, signOnInvalid } from '../commands/complete-sign-on.ts';
import { keepPosted } from '../commands/keep-posted.ts';
import { startSignOn } from '../commands/start-sign-on.ts';
import { showLost } from '../lost-page.ts';
import { findActiveProvider } from '../queries/providers.ts';
import { readPosted } from '../saml/answer.ts';
import { ownMetadataOf, signInUrlAt } from '../saml/client.ts';
import { asSaml } from '../saml/provider.ts';
import { ownMetadata, samlCompletionQuery, samlResponseBody } from '../saml/schemas.ts';
import { providerParams, redirected, startQuery } from '../schemas.ts';
import { lead } from './sign-on.ts';

const tags = ['Sign-in'];
const config = { access: 'public', signsIn: true, ignoresCaller: true, limit: 'signOn' } as const;
// The schema's own limits, as a form writes them.
const bodyLimit = 786_432;

/** What browsers go through to sign in by a provider of SAML 2.0. */
export function samlRoutes(app: App, deps: Deps): void {
  metadataRoute(app, deps);
  startRoute(app, deps);
  app.register(async (forms) => {
    forms.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit },
      async (_request: Request, body: string) => {
        const form = new URLSearchParams(body);
        return { SAMLResponse: form.get('SAMLResponse') ?? '', RelayState: form.get('RelayState') ?? '' };
      },
    );
    postedRoute(forms, deps);
  });
  completionRoute(app, deps);
}

function metadataRoute(app: App, deps: Deps): void {
  const telling = operation('getSamlMetadata', 'Read what a provider of SAML is told of us', {
    tags,
    params: providerParams,
    response: { 200: ownMetadata },
    errors: [404],
  });
  const open = { access: 'public', ignoresCaller: true } as const;
  app.get('/auth/saml/:provider/metadata', { schema: telling, config: open }, async (request, reply) => {
    const provider = await findActiveProvider(deps.db, 'saml', request.params.provider);
    if (!provider) throw notFound('Provider');
    const xml = await ownMetadataOf(deps, asSaml(provider));
    return reply.type('application/samlmetadata+xml').send(Buffer.from(xml));
  });
}

function startRoute(app: App, deps: Deps): void {
  const isSecure = deps.config.publicUrl.startsWith('https:');
  const starting = operation('startSamlSignOn', 'Begin to sign in by a provider of SAML', {
    tags,
    description: 'As `startSignOn`: for a browser to open; it comes back to `returnTo` alike.',
    params: providerParams,
    querystring: startQuery,
    response: { 302: redirected },
    errors: [400, 404, 429],
  });
  app.get('/auth/saml/:provider/start', { schema: starting, config }, async (request, reply) => {
    const of = traced(deps, request);
    const beginning = { protocol: 'saml', key: request.params.provider, ...request.query } as const;
    const { location, started } = await startSignOn(of, beginning, (provider, own) =>
      signInUrlAt(of, asSaml(provider), { requestId: requestIdOf(own), relayState: own.state }),
    );
    if (started)
      reply.header('set-cookie', setCookie(cookieNameOf(started.state, isSecure), started.secret, isSecure));
    return lead(reply, location);
  });
}

function postedRoute(app: App, deps: Deps): void {
  const receiving = operation('receiveSamlResponse', 'Take what a provider of SAML posts', {
    tags,
    description:
      'The assertion consumer service, for HTTP-POST by a browser; no program calls this. It leads the browser to `completeSamlSignOn`.',
    params: providerParams,
    body: samlResponseBody,
    response: { 303: redirected },
    errors: [400, 413, 415, 429],
  });
  const path = '/auth/saml/:provider/acs';
  const errorHandler = showLost(deps.config);
  app.post(path, { schema: receiving, config, bodyLimit, errorHandler }, async (request, reply) => {
    const { SAMLResponse: response, RelayState: state } = request.body;
    const location = await keepPosted(traced(deps, request), request.params.provider, { state, response });
    return lead(reply, location, 303);
  });
}

function completionRoute(app: App, deps: Deps): void {
  const isSecure = deps.config.publicUrl.startsWith('https:');
  const returning = operation('completeSamlSignOn', 'Come back from a provider of SAML', {
    tags,
    description: 'Where the browser is led after what it posted; no program calls this.',
    params: providerParams,
    querystring: samlCompletionQuery,
    response: { 302: redirected },
    errors: [400, 429],
  });
  const options = { schema: returning, config, errorHandler: showLost(deps.config) };
  app.get('/auth/saml/:provider/complete', options, async (request, reply) => {
    const { state } = request.query;
    const name = cookieNameOf(state, isSecure);
    const secret = cookieIn(request.headers.cookie, name);
    if (secret === undefined) throw signOnInvalid();
    const of = traced(deps, request);
    const started = { state, secret };
    const returned = { protocol: 'saml', key: request.params.provider, started } as const;
    const location = await completeSignOn(of, returned, (provider, posted) =>
      readPosted(of, asSaml(provider), { started, posted }),
    );
    reply.header('set-cookie', setCookie(name, '', isSecure));
    return lead(reply, location);
  });
}
