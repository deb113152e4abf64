import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { accessCookie, refreshCookie } from '#platform/http/browser-session.ts';
import type { Answer } from '#test/client.ts';
import { makeMember } from '#test/factors.ts';
import { createPage, openPage, type Page } from '#test/page.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

type Operation = {
  security: Record<string, unknown>[];
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
};
type OpenApi = {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties?: Record<string, unknown> }> };
};
const evil = 'https://evil.example.com';
const anId = '01970000-0000-7000-8000-000000000000';
const codeOf = ({ status, body }: Answer) => [status, body?.code];

suite('attacks on sessions of browsers', () => {
  let server: TestServer;
  let document: OpenApi;
  before(async () => {
    server = await startTestServer({ config: { corsOrigins: ['https://app.example.com'] } });
    document = (await server.get('/openapi.json')).body;
  });
  after(() => server.stop());

  const victimPage = async () => openPage(server, (await makeMember(server)).id);
  const rename = (page: Page, headers = {}) => page.call('PATCH', '/me', { name: 'Mallory' }, headers);
  const nameOf = async (page: Page) => (await page.call('GET', '/me')).body.name;
  const operations = () =>
    Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path: path.replace('/api/v1', '').replaceAll(/\{\w+\}/g, anId),
        ...operation,
      })),
    );
  const sessionCount = async () => {
    const [row] = await runSql<{ count: number }>(
      server.open.deps.db,
      'select count(*)::int as count from session',
    );
    return row?.count;
  };

  test('CSRF: no operation that may change something takes cookies without the token, or from a page elsewhere', async () => {
    const { id } = await makePerson(server, 'admin');
    const page = await openPage(server, id);
    const proof = page.csrfToken ?? '';
    const unsafe = operations().filter(({ method }) => method !== 'GET');
    const byCookies = unsafe.filter(({ security }) => security.some((each) => 'accessCookie' in each));
    assert.ok(byCookies.length > 80, String(byCookies.length));
    for (const { method, path, security } of byCookies) {
      assert.ok(security.every((each) => !('accessCookie' in each) || 'csrfToken' in each));
      const what = `${method} ${path}`;
      const missing = await page.call(method, path, undefined, { 'x-csrf-token': '' });
      assert.deepEqual(codeOf(missing), [403, 'csrf_token_invalid'], what);
      const foreign = await page.call(method, path, undefined, { 'x-csrf-token': proof, origin: evil });
      assert.deepEqual(codeOf(foreign), [403, 'origin_not_allowed'], what);
    }
    // The others do not know who calls, or take the token of a directory.
    const rest = unsafe.filter((each) => !byCookies.includes(each)).map(({ path }) => path);
    assert.ok(
      rest.every((path) => /^\/(?:auth|mail|files\/uploads|scim)\//.test(path)),
      rest.join('\n'),
    );
    assert.equal((await page.call('GET', '/me')).status, 200);
  });

  test('CSRF: the token must be of this very session, and the origin one of ours', async () => {
    const { id } = await makeMember(server);
    const [page, ownOther, stranger] = [
      await openPage(server, id),
      await openPage(server, id),
      await victimPage(),
    ];
    const tokens = {
      'of another session of theirs': ownOther.csrfToken,
      'of somebody else': stranger.csrfToken,
      'changed by a letter': `${page.csrfToken?.startsWith('A') ? 'B' : 'A'}${page.csrfToken?.slice(1)}`,
      'cut off': page.csrfToken?.slice(0, 63),
      'made up': 'A'.repeat(64),
      'the access token': page.jar.get(accessCookie),
    };
    for (const [what, token = ''] of Object.entries(tokens))
      assert.deepEqual(
        codeOf(await rename(page, { 'x-csrf-token': token })),
        [403, 'csrf_token_invalid'],
        what,
      );
    const publicUrl = server.open.deps.config.publicUrl;
    const foreign: Record<string, string>[] = [
      { origin: evil },
      { origin: 'null' },
      { origin: '*' },
      { origin: `${publicUrl}.evil.example.com` },
      { origin: 'http://app.example.com' },
      { origin: evil, referer: `${publicUrl}/page`, 'sec-fetch-site': 'same-origin' },
      { origin: '', referer: `${evil}/?${publicUrl}` },
      { origin: '', referer: 'nonsense', 'sec-fetch-site': 'same-origin' },
      { origin: '', 'sec-fetch-site': 'cross-site' },
      { origin: '', 'sec-fetch-site': 'same-site' },
      { origin: '', 'sec-fetch-site': 'none' },
      { origin: '' },
    ];
    for (const headers of foreign)
      assert.deepEqual(
        codeOf(await rename(page, headers)),
        [403, 'origin_not_allowed'],
        JSON.stringify(headers),
      );
    const own: Record<string, string>[] = [
      { origin: publicUrl },
      { origin: 'https://app.example.com' },
      { origin: '', referer: `${publicUrl}/courses/1` },
      { origin: '', 'sec-fetch-site': 'same-origin' },
    ];
    assert.equal(await nameOf(page), 'Member');
    for (const headers of own)
      assert.equal((await rename(page, headers)).status, 200, JSON.stringify(headers));
  });

  test('CSRF: the token of a session that was logged out of is worth nothing in the next', async () => {
    const { id } = await makeMember(server);
    const page = await openPage(server, id);
    const { csrfToken } = page;
    await page.call('POST', '/auth/logout');
    const next = await openPage(server, id);
    next.csrfToken = csrfToken;
    assert.deepEqual(codeOf(await rename(next)), [403, 'csrf_token_invalid']);
  });

  test('CSRF: a form of another site does nothing, of whatever type it is, nor does a GET in place of another method', async () => {
    const page = await victimPage();
    page.csrfToken = undefined;
    const types = ['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data; boundary=x'];
    for (const type of types) {
      const headers = { origin: evil, 'content-type': type };
      for (const path of ['/auth/logout', '/me/erasure'])
        assert.deepEqual(
          codeOf(await page.call('POST', path, { name: 'x' }, headers)),
          [403, 'origin_not_allowed'],
          `${path} ${type}`,
        );
      const refreshed = await page.call('POST', '/auth/refresh', {}, headers);
      assert.ok(refreshed.status >= 400 && refreshed.status < 500, `${refreshed.status} ${type}`);
    }
    const method = { 'x-http-method-override': 'PATCH', 'x-method-override': 'PATCH' };
    await page.call('GET', '/me?_method=PATCH&name=Mallory', undefined, method);
    for (const path of ['/auth/logout', '/auth/refresh'])
      assert.equal((await page.call('GET', path)).status, 405, path);
    assert.equal(await nameOf(page), 'Member');
  });

  test('CSRF: refreshing and logging out by the refresh cookie want token and origin, and are refused without a trace', async () => {
    const page = await victimPage();
    server.clock.advance({ minutes: 16 });
    const before = new Map(page.jar);
    const { csrfToken = '' } = page;
    for (const path of ['/auth/refresh', '/auth/logout']) {
      for (const token of ['', (await victimPage()).csrfToken ?? '']) {
        const answer = await page.call('POST', path, undefined, { 'x-csrf-token': token });
        assert.deepEqual(codeOf(answer), [403, 'csrf_token_invalid'], path);
      }
      const foreign = await page.call('POST', path, undefined, { 'x-csrf-token': csrfToken, origin: evil });
      assert.deepEqual(codeOf(foreign), [403, 'origin_not_allowed'], path);
    }
    assert.deepEqual(page.jar, before);
    assert.equal((await page.call('POST', '/auth/refresh')).status, 200);
  });

  test('login CSRF: nothing that signs in sets cookies for a page elsewhere, or for a form', async () => {
    const { schemas } = document.components;
    const signing = operations().filter(({ requestBody }) => {
      const { $ref = '' } = requestBody?.content['application/json']?.schema ?? {};
      return 'session' in (schemas[$ref.replace('#/components/schemas/', '')]?.properties ?? {});
    });
    const expected = ['/auth/login', '/auth/login/challenges', '/auth/login/exchanges', '/auth/register'];
    assert.deepEqual(signing.map(({ path }) => path).toSorted(), expected);
    const mallory = await makePerson(server, 'student');
    const { email, password } = mallory;
    const bodies: Record<string, object> = {
      '/auth/register': { email: 'new@example.com', password: 'a-long-pass-phrase', name: 'New' },
      '/auth/login': { email, password },
      '/auth/login/challenges': { method: 'passkey' },
      '/auth/login/exchanges': { code: 'code', codeVerifier: 'verifier' },
    };
    const count = await sessionCount();
    const page = createPage(server, { origin: evil });
    for (const path of expected) {
      const body = { ...bodies[path], session: 'cookie' };
      const foreign: Record<string, string>[] = [
        {},
        { origin: 'null' },
        { origin: '', 'sec-fetch-site': 'cross-site' },
      ];
      for (const headers of foreign)
        assert.deepEqual(
          codeOf(await page.call('POST', path, body, headers)),
          [403, 'origin_not_allowed'],
          path,
        );
      for (const type of ['text/plain', 'application/x-www-form-urlencoded']) {
        const form = await page.call('POST', path, body, { 'content-type': type });
        assert.ok([400, 403, 415].includes(form.status), `${form.status} ${type}`);
      }
    }
    assert.equal(page.jar.size, 0);
    assert.equal(await sessionCount(), count);
    const listed = createPage(server, { origin: 'https://app.example.com' });
    assert.equal(
      (await listed.call('POST', '/auth/login', { email, password, session: 'cookie' })).status,
      200,
    );
  });

  test('session fixation: who signs in takes nothing over of what the browser was before, and ends it', async () => {
    const victim = await makePerson(server, 'student');
    const attacker = await openPage(server, (await makeMember(server)).id);
    const planted = new Map(attacker.jar);
    const browser = createPage(server, { jar: new Map(planted) });
    const { email, password } = victim;
    const login = () => browser.call('POST', '/auth/login', { email, password, session: 'cookie' });
    assert.equal((await login()).status, 200);
    for (const name of [accessCookie, refreshCookie])
      assert.notEqual(browser.jar.get(name), planted.get(name));
    assert.equal((await browser.call('GET', '/me')).body.id, victim.id);
    assert.equal((await attacker.call('GET', '/me')).status, 401);
    assert.equal((await attacker.call('POST', '/auth/refresh')).status, 401);
    const first = createPage(server, { jar: new Map(browser.jar) });
    const { items: before } = (await browser.call('GET', '/me/sessions')).body;
    await login();
    assert.equal((await first.call('GET', '/me')).status, 401);
    const { items } = (await browser.call('GET', '/me/sessions')).body;
    assert.equal(items.length, before.length);
    const current = (all: { id: string; isCurrent: boolean }[]) => all.find(({ isCurrent }) => isCurrent)?.id;
    assert.notEqual(current(items), current(before));
    // A guess at a session, or a try in vain, ends none.
    browser.jar.set(refreshCookie, 'guessed');
    await browser.call('POST', '/auth/login', { email, password: 'not-the-password', session: 'cookie' });
    assert.equal((await browser.call('GET', '/me')).status, 200);
  });

  test('cookie tossing: what a host beside ours plants is not read, or refused', async () => {
    const [page, attacker] = [await victimPage(), await victimPage()];
    const theirs = (name: string) => attacker.jar.get(name) ?? '';
    for (const name of ['lms_access', '__Secure-lms_access', '__host-lms_access', ' __Host-lms_access']) {
      const planted = createPage(server);
      planted.jar.set(name.replace(' ', 'x'), theirs(accessCookie));
      assert.deepEqual(codeOf(await planted.call('GET', '/me')), [401, 'unauthenticated'], name);
    }
    const own = `${accessCookie}=${page.jar.get(accessCookie) ?? ''}`;
    for (const cookie of [
      `${own}; ${accessCookie}=${theirs(accessCookie)}`,
      `${accessCookie}=${theirs(accessCookie)}; ${own}`,
    ])
      assert.equal((await page.call('GET', '/me', undefined, { cookie })).status, 401, 'two of one name');
    // In a browser that lets one take the place of the other, the page's token tells.
    const refresh = page.jar.get(refreshCookie) ?? '';
    page.jar.set(accessCookie, theirs(accessCookie));
    assert.deepEqual(codeOf(await rename(page)), [403, 'csrf_token_invalid']);
    page.jar.set(accessCookie, own.slice(accessCookie.length + 1)).set(refreshCookie, theirs(refreshCookie));
    for (const path of ['/auth/refresh', '/auth/logout'])
      assert.deepEqual(codeOf(await page.call('POST', path)), [403, 'csrf_token_invalid'], path);
    page.jar.set(refreshCookie, refresh);
    assert.equal((await rename(page)).status, 200);
    assert.equal((await attacker.call('GET', '/me')).status, 200);
  });

  test('the cookies of a session that was ended, and of somebody deactivated, open nothing, public operations included', async () => {
    const admin = await makePerson(server, 'admin');
    const { id } = await makeMember(server);
    const ended = await openPage(server, id);
    const { items } = (await ended.call('GET', '/me/sessions')).body;
    const current = items.find(({ isCurrent }: { isCurrent: boolean }) => isCurrent);
    assert.equal((await ended.call('DELETE', `/me/sessions/${current.id}`)).status, 204);
    const gone = await openPage(server, id);
    await server.delete(`/users/${id}`, admin.token);
    for (const page of [ended, gone]) {
      for (const path of ['/me', '/courses', '/me/events?follow=false'])
        assert.equal((await page.call('GET', path)).status, 401, path);
      assert.equal((await rename(page)).status, 401);
      assert.equal((await page.call('GET', '/auth/csrf')).status, 401);
      assert.equal((await page.call('POST', '/auth/refresh')).status, 401);
    }
  });

  test('refresh replay: within seconds a used cookie gets nothing, and later ends the session', async () => {
    const page = await victimPage();
    const stolen = createPage(server, { jar: new Map(page.jar) });
    stolen.csrfToken = page.csrfToken;
    assert.equal((await page.call('POST', '/auth/refresh')).status, 200);
    server.clock.advance({ seconds: 9 });
    const soon = await stolen.call('POST', '/auth/refresh');
    assert.deepEqual([soon.status, soon.headers.getSetCookie(), soon.body], [200, [], { expiresIn: 891 }]);
    // In a body, as programs send it, there is no such grace: tried with a session of its own.
    const other = await victimPage();
    const refreshToken = other.jar.get(refreshCookie);
    assert.equal((await other.call('POST', '/auth/refresh')).status, 200);
    assert.equal((await server.post('/auth/refresh', { refreshToken })).body.code, 'refresh_token_reused');
    assert.equal((await page.call('GET', '/me')).status, 200);
    server.clock.advance({ seconds: 1 });
    const replayed = await stolen.call('POST', '/auth/refresh');
    assert.deepEqual(codeOf(replayed), [401, 'refresh_token_reused']);
    assert.equal(stolen.jar.size, 0);
    assert.equal((await page.call('GET', '/me')).status, 401);
    assert.deepEqual(codeOf(await page.call('POST', '/auth/refresh')), [401, 'refresh_token_invalid']);
  });

  test('what comes with bad cookies or without proof is counted for the address, as bad tokens are', async (t) => {
    const limited = await startTestServer({
      config: { rateLimitsEnabled: true, rateLimitAnonymousPerMinute: 5 },
    });
    t.after(() => limited.stop());
    const page = await openPage(limited, (await makeMember(limited)).id);
    page.csrfToken = undefined;
    const statuses: number[] = [];
    for (let at = 0; at < 6; at += 1) statuses.push((await rename(page)).status);
    assert.deepEqual([statuses.at(-1), (await page.call('GET', '/me')).status], [429, 200]);
  });
});
