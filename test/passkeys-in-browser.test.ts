import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, CDPSession, Page, Route } from 'playwright-core';
import { launchBrowser, needsChromium } from './browser.ts';
import { makePerson } from './people.ts';
import { startTestServer, type TestServer } from './server.ts';

suite('passkeys in Chromium', { skip: needsChromium }, () => {
  let server: TestServer;
  let browser: Browser;
  let page: Page;
  let devTools: CDPSession;
  let authenticatorId: string;
  before(async () => {
    server = await startTestServer();
    browser = await launchBrowser();
    page = await browser.newPage();
    await page.route('**/*', (route) => answer(route, server.address));
    devTools = await page.context().newCDPSession(page);
    await devTools.send('WebAuthn.enable');
    const added = await devTools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    authenticatorId = added.authenticatorId;
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
  });

  /** Opens the page and calls a function of its script there. Rejects as it does. */
  async function inPage<T>(origin: string, call: string, ...given: unknown[]): Promise<T> {
    await page.goto(`${origin}/app`);
    await page.evaluate(script);
    return page.evaluate(`${call}(...${JSON.stringify(given)})`);
  }

  test('one is made, signs in alone, and is the second factor, but not for another origin and not without its user', async () => {
    const origin = server.open.deps.config.publicUrl;
    const person = await makePerson(server, 'student');
    const made = await inPage<{ id: string }>(origin, 'register', person.token, 'Laptop');
    const list = (await server.get('/me/passkeys', person.token)).body.items;
    assert.deepEqual([list[0].id, list[0].name], [made.id, 'Laptop']);

    const alone = await inPage<{ user: { id: string } }>(origin, 'signIn');
    assert.equal(alone.user.id, person.id);

    const { body } = await server.post('/auth/login', { email: person.email, password: person.password });
    assert.deepEqual(body.methods, ['passkey', 'recoveryCode']);
    const second = await inPage<{ user: { id: string } }>(origin, 'signIn', body.challengeToken);
    assert.equal(second.user.id, person.id);

    const stepped = await inPage<{ methods: string[] }>(origin, 'stepUp', person.token);
    assert.deepEqual(stepped.methods, ['passkey', 'recoveryCode']);

    // The browser takes part, for the host is the same: the API sees by the origin that it is another page.
    const elsewhere = new URL(origin);
    elsewhere.port = '81';
    await assert.rejects(inPage(elsewhere.origin, 'signIn'), /factor_refused/);
    await assert.rejects(inPage('http://127.0.0.1:8000', 'signIn'), /SecurityError|relying party/i);

    await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await assert.rejects(inPage(origin, 'signIn'), /NotAllowedError/);
    await devTools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });

    await assert.rejects(inPage(origin, 'register', person.token, 'Again'), /InvalidStateError/);
    assert.equal((await server.delete(`/me/passkeys/${made.id}`, person.token)).status, 204);
    await assert.rejects(inPage(origin, 'signIn'), /factor_refused/);
  });

  test('what docs/try-accounts.md has one type into the console makes one, signs in by it, and gives the password up', async () => {
    const { email, password } = await makePerson(server, 'student');
    // Those of the test before.
    await devTools.send('WebAuthn.clearCredentials', { authenticatorId });
    const text = readFileSync(path.join(import.meta.dirname, '../docs/try-accounts.md'), 'utf8');
    const typed = [...text.matchAll(/^```js\n([^]*?)^```/gm)].map(([, block = '']) => block).join('');
    await page.goto(`${server.open.deps.config.publicUrl}/docs`);
    const asThem = typed.replace('aiko.yamamoto@example.com', email).replace('Demo-pass-2026', password);
    const user = await page.evaluate<{ email: string }>(
      `(async () => { ${asThem}\nreturn session.user; })()`,
    );
    assert.equal(user.email, email);
    const login = await server.post('/auth/login', { email, password });
    assert.equal(login.body.code, 'invalid_credentials', 'the password is gone');
  });
});

/** The page, and the API, under whatever origin the browser asks for. */
async function answer(route: Route, address: string): Promise<void> {
  const request = route.request();
  const { pathname } = new URL(request.url());
  if (!pathname.startsWith('/api/')) {
    const body = '<!doctype html><title>App</title>';
    return route.fulfill({ contentType: 'text/html', body });
  }
  const response = await fetch(address + pathname, {
    method: request.method(),
    headers: { ...(await request.allHeaders()), host: new URL(address).host },
    ...(request.postData() !== null && { body: request.postData() }),
  });
  return route.fulfill({
    status: response.status,
    contentType: response.headers.get('content-type') ?? 'text/plain',
    body: await response.text(),
  });
}

/** What docs/accounts.md tells front ends to do. */
const script = `{
  const call = async (path, body, token) => {
    const headers = {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: 'Bearer ' + token }),
    };
    const answer = await fetch('/api/v1' + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const result = await answer.json();
    if (!answer.ok) throw new Error(result.code);
    return result;
  };
  const ask = async ({ options }) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    return (await navigator.credentials.get({ publicKey })).toJSON();
  };
  window.register = async (token, name) => {
    const { options } = await call('/me/passkeys/options', undefined, token);
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const credential = (await navigator.credentials.create({ publicKey })).toJSON();
    return call('/me/passkeys', { name, credential }, token);
  };
  window.signIn = async (challengeToken) => {
    const credential = await ask(await call('/auth/login/passkey-options', { challengeToken }));
    return call('/auth/login/challenges', { challengeToken, method: 'passkey', credential });
  };
  window.stepUp = async (token) => {
    const credential = await ask(await call('/auth/step-up/passkey-options', undefined, token));
    return call('/auth/step-up', { method: 'passkey', credential }, token);
  };
}`;
