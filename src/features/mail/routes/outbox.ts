import type { Config } from '#platform/config/config.ts';
import { isLoopback } from '#platform/config/loopback.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { idParams } from '#platform/http/schema.ts';
import type { App } from '#platform/http/types.ts';
import { readMessage } from '#platform/mail/eml.ts';
import { listOutbox, readFromOutbox } from '#platform/mail/outbox.ts';
import { usesOutbox } from '#platform/mail/transport.ts';
import { pageHeaders } from '#platform/pages/page.ts';
import { outboxStyle, renderMessagePage, renderOutboxPage } from '../pages/outbox-page.ts';

/** Newest first; the folder itself holds more. */
const shownMessages = 100;
const hidden = { schema: { hide: true }, config: { access: 'public', ignoresCaller: true } } as const;
const ofOne = {
  schema: { hide: true, params: idParams },
  config: { access: 'public', ignoresCaller: true },
} as const;

const common = pageHeaders(outboxStyle, { mayPost: false });
const headers = {
  ...common,
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
};
// The message may show its styles and open links in new tabs; it runs nothing and asks nobody for anything.
const framedHeaders = {
  ...headers,
  'content-security-policy':
    "default-src 'none'; base-uri 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
  'x-frame-options': 'SAMEORIGIN',
};

/** `/outbox`: what would have been mailed. For development alone: whoever reaches it reads everybody's mail. */
export function outboxRoutes(app: App, deps: Deps): void {
  if (!showsOutbox(deps)) return;
  app.register(async (scope) => {
    scope.addHook('onRequest', (request, _reply, done) =>
      done(isOwnName(request.headers.host, deps.config) ? undefined : notFound('Page')),
    );
    pages(scope, deps);
  });
}

function pages(app: App, deps: Deps): void {
  const folder = { dataDir: deps.config.dataDir };
  const read = async (id: string) => {
    const bytes = await readFromOutbox(folder, id);
    return bytes && { id, ...readMessage(bytes) };
  };

  app.get('/outbox', hidden, async (_request, reply) => {
    const ids = await listOutbox(folder, shownMessages);
    const messages = (await Promise.all(ids.map(read))).flatMap((message) => (message ? [message] : []));
    return reply.headers(headers).send(renderOutboxPage(messages));
  });

  app.get('/outbox/:id', ofOne, async (request, reply) => {
    const message = await read(request.params.id);
    if (!message) throw notFound('Message');
    const policy = `${common['content-security-policy']}; frame-src 'self'`;
    return reply.headers({ ...headers, 'content-security-policy': policy }).send(renderMessagePage(message));
  });

  app.get('/outbox/:id/html', ofOne, async (request, reply) => {
    const message = await read(request.params.id);
    if (!message) throw notFound('Message');
    return reply.headers(framedHeaders).send(message.html.replace('<head>', '<head><base target="_blank">'));
  });
}

function showsOutbox({ config }: Deps): boolean {
  const isWithinReach = isLoopback(config.host) || config.outboxPageEnabled;
  return isWithinReach && usesOutbox(config) && ['development', 'test'].includes(config.environment);
}

// Whoever owns a name can point it at this machine, and then a page of theirs in the developer's browser reads what
// stands here. The header itself: what proxies say of it, such a page can say too.
function isOwnName(host: string | undefined, { publicUrl }: Pick<Config, 'publicUrl'>): boolean {
  const name = URL.parse(`http://${host ?? ''}`)?.hostname;
  return name !== undefined && (isLoopback(name) || name === new URL(publicUrl).hostname);
}
