import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSamlProvider, requestIn, type SamlForgery } from './saml-provider.ts';

export type SamlPages = { metadataUrl: string; stop(): Promise<void> };

/**
 * A provider of SAML on 127.0.0.1 for browsers, whose page lets one choose who one is. Nobody has a password there. `port` 0
 * is a free one.
 */
export async function startSamlPages(
  people: Readonly<Record<string, SamlForgery>>,
  port = 0,
): Promise<SamlPages> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = createSamlProvider(`${address}/sso`);
  server.on('request', (request, response) => {
    const url = new URL(request.url ?? '/', address);
    if (url.pathname === '/metadata') {
      response.setHeader('content-type', 'application/samlmetadata+xml').end(provider.metadata);
      return;
    }
    response.setHeader('content-type', 'text/html; charset=utf-8');
    const chosen = people[url.searchParams.get('who') ?? ''];
    if (!url.searchParams.has('SAMLRequest')) response.writeHead(404).end();
    else response.end(chosen ? posting(url.href, provider.answer(url.href, chosen)) : choice(url, people));
  });
  return { metadataUrl: `${address}/metadata`, stop: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function choice(url: URL, people: Readonly<Record<string, SamlForgery>>): string {
  const rows = Object.keys(people).map((who) => {
    const query = new URLSearchParams([...url.searchParams, ['who', who]]);
    return `<li><a href="/sso?${query.toString().replaceAll('&', '&amp;')}">${who}</a>`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>A provider for trying</title>
<h1>Who are you?</h1><ul>${rows.join('')}</ul></html>`;
}

/** A page that posts by itself, as providers of SAML do. Values are base64. */
function posting(location: string, form: URLSearchParams): string {
  const inputs = [...form].map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>On the way back</title>
<form method="post" action="${requestIn(location).acsUrl}">${inputs.join('')}<button>Go on</button></form>
<script>document.forms[0].submit()</script></html>`;
}
