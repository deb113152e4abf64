import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { accessCookie, refreshCookie } from '#platform/http/browser-session.ts';
import { launchBrowser, needsChromium } from './browser.ts';
import type { Person } from './client.ts';
import { uploadFile } from './files.ts';
import { makePerson } from './people.ts';
import { startTestServer, type TestServer } from './server.ts';

suite('sessions of browsers in Chromium', { skip: needsChromium }, () => {
  let front: Server;
  let beside: Server;
  let origin: string;
  let server: TestServer;
  let api: string;
  let browser: Browser;
  let context: BrowserContext;
  before(async () => {
    [front, beside] = [await serveEmptyPages(), await serveEmptyPages()];
    origin = `http://localhost:${portOf(front)}`;
    const byNumber = `http://127.0.0.1:${portOf(front)}`;
    server = await startTestServer({ config: { corsOrigins: [origin, byNumber] } });
    api = server.baseUrl.replace('127.0.0.1', 'localhost');
    browser = await launchBrowser();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    front?.close();
    beside?.close();
  });

  /** A page whose browser is signed in to nothing. */
  async function openAt(address: string, base = api): Promise<Page> {
    const page = await context.newPage();
    await page.goto(address);
    await page.evaluate(`(${script})(${JSON.stringify(base)})`);
    return page;
  }
  const signIn = async (page: Page, { email, password }: Person) => {
    const body = JSON.stringify({ email, password, session: 'cookie' });
    return page.evaluate<number>(`signIn(${body})`);
  };
  const call = (page: Page, method: string, path: string, body?: unknown) =>
    page.evaluate<{ status: number; body: Record<string, unknown> | null }>(
      `call(...${JSON.stringify([method, path, body])})`,
    );

  test('a front end signs in by http on this machine, reads, changes, follows, shows files, renews, and logs out', async () => {
    context = await browser.newContext();
    const person = await makePerson(server, 'student');
    const page = await openAt(origin);
    assert.equal(await signIn(page, person), 200);
    const kept = await context.cookies(api);
    assert.deepEqual(
      kept.map(({ name, httpOnly, secure, sameSite }) => [name, httpOnly, secure, sameSite]).toSorted(),
      [
        [accessCookie, true, true, 'Lax'],
        [refreshCookie, true, true, 'Strict'],
      ],
    );
    assert.equal(await page.evaluate('document.cookie'), '');
    assert.equal((await call(page, 'GET', '/me')).body?.['id'], person.id);
    assert.equal((await call(page, 'PATCH', '/me', { name: 'Ada' })).body?.['name'], 'Ada');
    await page.evaluate('follow()');
    await page.waitForFunction('seen.ready === 1');
    const file = await uploadFile(server, person, 'of mine');
    assert.equal(await page.evaluate(`show(${JSON.stringify(file.id)})`), 'of mine');
    // A link in a mail, or on any other site.
    const elsewhere = await openAt(`http://127.0.0.1:${portOf(beside)}`);
    await elsewhere.evaluate(`location.href = ${JSON.stringify(`${api}/files/${file.id}/content`)}`);
    await elsewhere.getByText('of mine').waitFor();

    server.clock.advance({ minutes: 16 });
    assert.equal((await call(page, 'GET', '/me')).body?.['code'], 'token_expired');
    const tab = await openAt(origin);
    const renewed = await Promise.all([page, tab].map((each) => each.evaluate<number>('renew()')));
    assert.deepEqual(renewed, [200, 200]);
    for (const each of [page, tab]) assert.equal((await call(each, 'GET', '/me')).status, 200);
    assert.equal((await call(page, 'POST', '/auth/logout')).status, 204);
    assert.deepEqual(await context.cookies(api), []);
    assert.equal((await call(tab, 'GET', '/me')).status, 401);

    const byNumber = await openAt(`http://127.0.0.1:${portOf(front)}`, server.baseUrl);
    await signIn(byNumber, person);
    assert.equal((await call(byNumber, 'GET', '/me')).status, 200);
    await context.close();
  });

  test('the example in docs/browser-sessions.md signs in, and goes on when the access token has expired', async () => {
    context = await browser.newContext();
    const { id, email, password } = await makePerson(server, 'student');
    const page = await openAt(origin);
    await page.evaluate(await exampleFor(api));
    const given = JSON.stringify([email, password]);
    assert.equal(await page.evaluate(`example.signIn(...${given}).then(({ user }) => user.id)`), id);
    const rename = "example.call('PATCH', '/me', { name: 'Ada' }).then(({ status }) => status)";
    assert.equal(await page.evaluate(rename), 200);
    server.clock.advance({ minutes: 16 });
    assert.equal(await page.evaluate(rename), 200);
    await context.close();
  });

  test('attacks by pages elsewhere change nothing, read nothing and sign nobody in', async () => {
    context = await browser.newContext();
    const person = await makePerson(server, 'student', 'Victim');
    const mallory = await makePerson(server, 'student', 'Mallory');
    const page = await openAt(origin);
    await signIn(page, person);
    // Another site, which has no cookies of ours; and a page of this very site, which has.
    const attackers = [`http://127.0.0.1:${portOf(beside)}`, `http://localhost:${portOf(beside)}`];
    for (const attacker of attackers) {
      const attack = await openAt(attacker);
      const blind = await attack.evaluate<string[]>('attack()');
      assert.deepEqual([...new Set(blind)].toSorted(), ['opaque', 'refused'], attacker);
      await assert.rejects(signIn(attack, mallory), /Failed to fetch/);
      for (const [type, path] of forms) {
        const form = await openAt(attacker);
        const answered = form.waitForResponse((response) => response.request().method() === 'POST');
        await form.evaluate(`submit(...${JSON.stringify([type, path])})`);
        const status = (await answered).status();
        // Of another site nobody is signed in, so that it is the form that is refused.
        const isBeside = attacker.includes('localhost');
        assert.equal(status, isBeside ? 403 : refusedOfStrangers[type], `${path} ${type} of ${attacker}`);
      }
      const me = await call(page, 'GET', '/me');
      assert.deepEqual([me.body?.['id'], me.body?.['name']], [person.id, 'Victim'], attacker);
    }
    await context.close();
  });
});

const forms = [
  ['application/x-www-form-urlencoded', '/auth/logout'],
  ['text/plain', '/auth/logout'],
  ['multipart/form-data', '/me/erasure'],
] as const;
const refusedOfStrangers = {
  'application/x-www-form-urlencoded': 415,
  'text/plain': 400,
  'multipart/form-data': 401,
} as const;

async function exampleFor(api: string): Promise<string> {
  const page = await readFile(path.join(import.meta.dirname, '../docs/browser-sessions.md'), 'utf8');
  const [, code = ''] = /```js\n(.*?)```/s.exec(page) ?? [];
  const here = code.replace(/const api = '.*';/, `const api = ${JSON.stringify(api)};`);
  return `{ ${here.replaceAll('export ', '')}; window.example = { signIn, call }; }`;
}

async function serveEmptyPages(): Promise<Server> {
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Page</title>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** What docs/browser-sessions.md tells front ends to do; and what attackers try. */
const script = `(api) => {
  window.seen = { ready: 0 };
  let csrfToken;
  const send = (method, path, body, headers = {}) => fetch(api + path, {
    method,
    credentials: 'include',
    headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  window.call = async (method, path, body) => {
    const isSafe = method === 'GET';
    if (!isSafe) csrfToken ??= (await (await send('GET', '/auth/csrf')).json()).csrfToken;
    const answer = await send(method, path, body, isSafe ? {} : { 'x-csrf-token': csrfToken });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
  };
  window.signIn = async (body) => {
    csrfToken = undefined;
    return (await send('POST', '/auth/login', body)).status;
  };
  window.renew = async () => (await window.call('POST', '/auth/refresh')).status;
  window.follow = () => {
    const source = new EventSource(api + '/me/events', { withCredentials: true });
    source.addEventListener('ready', () => { seen.ready += 1; });
  };
  window.show = async (id) => (await send('GET', '/files/' + id + '/content')).text();
  window.attack = async () => {
    const outcome = (promise) => promise.then((answer) => answer.type, () => 'refused');
    const blind = { mode: 'no-cors', credentials: 'include' };
    const text = { 'content-type': 'text/plain' };
    return Promise.all([
      outcome(fetch(api + '/me', { credentials: 'include' })),
      outcome(fetch(api + '/auth/csrf', { credentials: 'include' })),
      outcome(send('PATCH', '/me', { name: 'Mallory' })),
      outcome(send('POST', '/auth/logout')),
      outcome(fetch(api + '/auth/logout', { ...blind, method: 'POST' })),
      outcome(fetch(api + '/auth/refresh', { ...blind, method: 'POST', body: '{}', headers: text })),
      outcome(fetch(api + '/me/erasure', { ...blind, method: 'POST', body: '{}', headers: text })),
      outcome(fetch(api + '/auth/logout', blind)),
      outcome(fetch(api + '/me?_method=PATCH&name=Mallory', blind)),
    ]);
  };
  window.submit = (type, path) => {
    const form = document.createElement('form');
    Object.assign(form, { method: 'POST', action: api + path, enctype: type });
    form.innerHTML = '<input name="name" value="Mallory">';
    document.body.append(form);
    form.submit();
  };
}`;
