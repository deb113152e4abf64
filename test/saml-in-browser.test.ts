import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, suite, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { createUser } from '#features/identity/commands/create-user.ts';
import { launchBrowser, needsChromium } from './browser.ts';
import { openSession } from './factors.ts';
import { startTestServer, type TestServer } from './server.ts';
import { newVerifier } from './sso/browser.ts';
import { startSamlPages, type SamlPages } from './sso/saml-pages.ts';

suite('sign-on by SAML in Chromium', { skip: needsChromium }, () => {
  let server: TestServer;
  let front: Server;
  let idp: SamlPages;
  let browser: Browser;
  before(async () => {
    // Two sites: a browser treats what one makes it post to the other as it would between any two.
    front = await listen((incoming, outgoing) => {
      const { method = 'GET', headers, url = '/' } = incoming;
      const inner = request(server.address + url, { method, headers }, (answer) => {
        outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(outgoing);
      });
      incoming.pipe(inner);
    });
    idp = await startSamlPages({ ada: { subject: 'ada' } });
    server = await startTestServer({
      config: { publicUrl: `http://localhost:${portOf(front)}`, ssoAllowPrivateAddresses: true },
    });
    browser = await launchBrowser();
    const { id } = await createUser(server.open.deps, null, { name: 'Admin', role: 'admin' });
    const saml = { metadataUrl: idp.metadataUrl };
    const body = { key: 'school', name: 'School', protocol: 'saml', createsAccounts: true, saml };
    const added = await server.post('/admin/sso/providers', body, await openSession(server, id));
    assert.equal(added.status, 201, added.text);
  });
  after(async () => {
    await browser?.close();
    front?.closeAllConnections();
    front?.close();
    await idp?.stop();
    await server?.stop();
  });

  test('a browser that is led back by a post from another site has its cookie, and no other browser has', async () => {
    const { codeVerifier, codeChallenge } = newVerifier();
    const start = `http://localhost:${portOf(front)}/api/v1/auth/saml/school/start?codeChallenge=${codeChallenge}`;
    const page = await (await browser.newContext()).newPage();
    const seen: string[] = [];
    page.on('request', (each) => void seen.push(each.url()));
    await page.goto(start);
    await page.click('text=ada');
    await page.waitForURL(/#code=/);
    const code = new URLSearchParams(new URL(page.url()).hash.slice(1)).get('code');
    const answer = await server.post('/auth/login/exchanges', { code, codeVerifier });
    assert.equal(answer.body.result, 'signedIn', answer.text);
    const other = await (await browser.newContext()).newPage();
    const refused = await other.goto(seen.find((url) => url.includes('/complete?')) ?? '');
    assert.equal(refused?.status(), 400);
    assert.deepEqual(await page.context().cookies(), [], 'and it is taken away afterwards');
  });
});

async function listen(handle: RequestListener): Promise<Server> {
  const server = createServer(handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
