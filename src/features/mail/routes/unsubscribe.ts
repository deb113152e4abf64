import { Type } from 'typebox';
import { switchOff } from '#features/notifications/commands/switch-off.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { operation } from '#platform/http/operation.ts';
import { noContent, object } from '#platform/http/schema.ts';
import type { App, Reply, Request } from '#platform/http/types.ts';
import { pageLanguageOf, readerLocale } from '#platform/pages/languages.ts';
import { pageHeaders } from '#platform/pages/page.ts';
import { loadWords } from '../languages.ts';
import {
  renderDonePage,
  renderQuestionPage,
  renderUnknownPage,
  unsubscribeStyle,
  type PageContext,
} from '../pages/unsubscribe-page.ts';
import { linksOf } from '../links.ts';
import { findLocale } from '../queries/reader.ts';
import { openUnsubscribeToken } from '../unsubscribe-token.ts';

const config = { access: 'public', limit: 'tokens', ignoresCaller: true } as const;
const params = object({ token: Type.String({ maxLength: 200 }) });
const bodyLimit = 1_024;

/** For mail programs that post without asking (RFC 8058), and for front ends. */
export function unsubscribeRoutes(app: App, deps: Deps): void {
  app.register(async (scope) => {
    takeAnyBody(scope);
    unsubscribeOperation(scope, deps);
  });
}

/** The page that the link in a mail opens, at the root. Its address takes the POST of mail programs, too. */
export function unsubscribePageRoutes(app: App, deps: Deps): void {
  app.register(async (scope) => {
    takeAnyBody(scope);
    unsubscribePage(scope, deps);
  });
}

function unsubscribeOperation(app: App, deps: Deps): void {
  const unsubscribing = operation('unsubscribe', 'Stop mails of one kind, by the token in them', {
    tags: ['Notifications'],
    description:
      'Needs no sign-in: the token says whose mails of which kind. The body is not looked at, be it `List-Unsubscribe=One-Click` as a form (RFC 8058) or none. Again is harmless.',
    params,
    response: { 204: noContent },
    errors: [404, 413, 429],
  });
  // 1 statement.
  app.post('/mail/unsubscribe/:token', { schema: unsubscribing, config }, async (request, reply) => {
    if (!(await unsubscribe(deps, request.params.token))) throw notFound('Unsubscribe link');
    return reply.status(204).send();
  });
}

function unsubscribePage(app: App, deps: Deps): void {
  const schema = { hide: true, params } as const;
  app.get('/unsubscribe/:token', { schema, config }, async (request, reply) => {
    const opened = openUnsubscribeToken(deps.encryption, request.params.token);
    const locale = opened && (await findLocale(deps.db, opened.userId));
    const context = await begin(deps, request, reply, locale);
    if (!opened || locale === undefined) return reply.status(404).send(renderUnknownPage(context));
    return reply.send(renderQuestionPage(context, opened.kind));
  });
  app.post('/unsubscribe/:token', { schema, config }, async (request, reply) => {
    const opened = await unsubscribe(deps, request.params.token);
    const locale = opened && (await findLocale(deps.db, opened.userId));
    const context = await begin(deps, request, reply, locale);
    if (!opened) return reply.status(404).send(renderUnknownPage(context));
    return reply.send(renderDonePage(context, opened.kind));
  });
}

async function unsubscribe(deps: Deps, token: string) {
  const opened = openUnsubscribeToken(deps.encryption, token);
  if (!opened || !(await switchOff(deps, { ...opened, channel: 'email' }))) return undefined;
  return opened;
}

// Of whatever type: what is asked for stands in the address.
function takeAnyBody(scope: App): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit }, async () => undefined);
}

const headers = { ...pageHeaders(unsubscribeStyle, { mayPost: true }), 'cache-control': 'no-store' };

async function begin(
  { config }: Deps,
  request: Request,
  reply: Reply,
  personsLocale: string | undefined,
): Promise<PageContext> {
  const language = pageLanguageOf(personsLocale ?? readerLocale(request.headers['accept-language']));
  reply.headers({ ...headers, 'content-language': language }).type('text/html; charset=utf-8');
  const { projectName } = config;
  return { words: await loadWords(language), language, projectName, signInUrl: linksOf(config).home() };
}
