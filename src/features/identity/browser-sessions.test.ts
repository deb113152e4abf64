import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Authenticator } from '#test/authenticator.ts';
import type { Answer } from '#test/client.ts';
import { addPasskey, beginLogin, makeMember, makeRecoveryCodes, ok } from '#test/factors.ts';
import { makePerson } from '#test/people.ts';
import { createPage, openPage, type Page } from '#test/page.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { runSql } from '#platform/db/database.ts';
import { accessCookie, refreshCookie } from '#platform/http/browser-session.ts';

const names = [accessCookie, refreshCookie];
const tokens = /accessToken|refreshToken|tokenType/;

suite('sessions of browsers', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  const statusOf = async (page: Page) => (await page.call('GET', '/me')).status;
  const rename = (page: Page, headers = {}) => page.call('PATCH', '/me', { name: 'Ada' }, headers);
  const openSessionsOf = (userId: string) =>
    runSql<{ id: string }>(
      server.open.deps.db,
      'select id from session where user_id = $1 and ended_at is null order by id',
      [userId],
    );
  // Beside them there may be that of a device that is known.
  const sessionCookiesOf = ({ headers }: Answer) =>
    headers.getSetCookie().filter((each) => names.some((name) => each.startsWith(`${name}=`)));
  const signedInBy = (answer: Answer, status = 200) => {
    assert.equal(answer.status, status, answer.text);
    assert.equal(answer.body.result, 'signedIn');
    assert.equal(answer.body.expiresIn, 900);
    assert.doesNotMatch(answer.text, tokens);
    assert.equal(sessionCookiesOf(answer).length, 2);
  };

  test('registering and logging in by cookies: no token in the answer, two cookies that no script reads and no other host sets', async () => {
    const account = { email: 'cookie@example.com', password: 'a-long-pass-phrase', name: 'Ada' };
    const first = createPage(server);
    signedInBy(await first.call('POST', '/auth/register', { ...account, session: 'cookie' }), 201);
    const page = createPage(server);
    const answer = await page.call('POST', '/auth/login', {
      email: account.email,
      password: account.password,
      session: 'cookie',
    });
    signedInBy(answer);
    const attributes = (site: string) =>
      String.raw`=[\w.-]+; Path=/; HttpOnly; Secure; SameSite=${site}; Max-Age=2592000$`;
    const [access = '', refresh = ''] = sessionCookiesOf(answer);
    assert.match(access, new RegExp(`^__Host-lms_access${attributes('Lax')}`));
    assert.match(refresh, new RegExp(`^__Host-lms_refresh${attributes('Strict')}`));
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    await page.askForToken();
    assert.equal((await rename(page)).body.name, 'Ada');
    const { items } = (await page.call('GET', '/me/sessions')).body;
    assert.deepEqual([items.length, items[0].isCurrent], [2, true]);
    assert.match((await page.call('GET', '/me')).headers.get('cache-control') ?? '', /private/);
  });

  test('a second factor and a passkey end in cookies where the last step asks for them, and in tokens where not', async () => {
    const { id, token } = await makeMember(server);
    const key = await addPasskey(server, token);
    const codes = await makeRecoveryCodes(server, token);
    const body = async (at: number) => ({
      challengeToken: await beginLogin(server, id),
      method: 'recoveryCode',
      code: codes[at],
    });
    const page = createPage(server);
    signedInBy(await page.call('POST', '/auth/login/challenges', { ...(await body(0)), session: 'cookie' }));
    assert.equal(await statusOf(page), 200);
    const byToken = await page.call('POST', '/auth/login/challenges', await body(1));
    assert.match(byToken.text, tokens);
    assert.deepEqual(sessionCookiesOf(byToken), []);
    const { options } = ok(await server.post('/auth/login/passkey-options'));
    const credential = key.assert(options as Parameters<Authenticator['assert']>[0]);
    const other = createPage(server);
    const alone = { method: 'passkey', credential, session: 'cookie' };
    signedInBy(await other.call('POST', '/auth/login/challenges', alone));
    assert.equal(await statusOf(other), 200);
  });

  test('session fixation: showing anew who one is sets another access cookie, ends the one before, and tells no token', async () => {
    const person = await makePerson(server, 'student');
    const page = await openPage(server, person.id);
    const before = page.jar.get(accessCookie) ?? '';
    server.clock.advance({ minutes: 1 });
    const answer = await page.call('POST', '/auth/step-up', {
      method: 'password',
      password: person.password,
    });
    assert.equal(answer.status, 200, answer.text);
    assert.doesNotMatch(answer.text, tokens);
    assert.equal(await statusOf(page), 200);
    assert.equal((await server.get('/me', before)).body.code, 'token_expired');
    assert.equal((await page.call('POST', '/me/totp')).status, 201);
  });

  test('a refresh takes the cookie and sets new ones, also after a reload when the access token has expired', async () => {
    const { id } = await makeMember(server);
    const page = await openPage(server, id);
    const before = new Map(page.jar);
    server.clock.advance({ minutes: 16 });
    const expired = await page.call('GET', '/me');
    assert.deepEqual([expired.status, expired.body.code], [401, 'token_expired']);
    const reloaded = createPage(server, { jar: page.jar });
    await reloaded.askForToken();
    const answer = await reloaded.call('POST', '/auth/refresh');
    assert.deepEqual([answer.status, answer.body], [200, { expiresIn: 900 }]);
    for (const name of names) assert.notEqual(page.jar.get(name), before.get(name));
    assert.equal((await rename(page)).status, 200, 'the earlier token is of the same session');
    assert.equal((await server.post('/auth/refresh')).body.code, 'refresh_token_invalid');
  });

  test('two tabs that refresh with one cookie at the same instant stay signed in, and one of them sets cookies', async () => {
    const { id } = await makeMember(server);
    const page = await openPage(server, id);
    for (let round = 0; round < 3; round += 1) {
      server.clock.advance({ minutes: 16 });
      const [one, two] = [await page.tab(), await page.tab()];
      const answers = await Promise.all([one, two].map((tab) => tab.call('POST', '/auth/refresh')));
      assert.deepEqual(
        answers.map(({ status, body }) => [status, body.expiresIn]),
        [
          [200, 900],
          [200, 900],
        ],
      );
      const set = answers.map(({ headers }) => headers.getSetCookie().length);
      assert.deepEqual(set.toSorted(), [0, 2]);
      assert.equal(await statusOf(one), 200);
      assert.equal(await statusOf(two), 200);
    }
    assert.equal((await openSessionsOf(id)).length, 2);
  });

  test('logging out takes both cookies, also where the access token has expired or the session is over', async () => {
    const { id } = await makeMember(server);
    const leave = async (page: Page) => {
      const answer = await page.call('POST', '/auth/logout');
      assert.equal(answer.status, 204, answer.text);
      assert.equal(page.jar.size, 0);
    };
    const page = await openPage(server, id);
    const kept = createPage(server, { jar: new Map(page.jar) });
    await leave(page);
    assert.equal(await statusOf(kept), 401);
    assert.equal((await kept.call('GET', '/auth/csrf')).status, 401);
    await leave(kept);
    const late = await openPage(server, id);
    server.clock.advance({ minutes: 16 });
    await leave(late);
    const half = await openPage(server, id);
    half.jar.delete(refreshCookie);
    server.clock.advance({ minutes: 16 });
    await leave(half);
    assert.equal((await createPage(server).call('POST', '/auth/logout')).status, 401);
    const ended = await runSql<{ count: number }>(
      server.open.deps.db,
      `select count(*)::int as count from session where user_id = $1 and end_reason = 'logout'`,
      [id],
    );
    assert.deepEqual(ended, [{ count: 2 }], 'the access token alone, expired, ends nothing');
  });

  test('a refresh whose session is over takes both cookies, so that the browser is a stranger again', async () => {
    const { id } = await makeMember(server);
    const page = await openPage(server, id);
    await server.post('/auth/logout', undefined, page.jar.get(accessCookie));
    const answer = await page.call('POST', '/auth/refresh');
    assert.deepEqual([answer.status, answer.body.code], [401, 'refresh_token_invalid']);
    assert.equal(page.jar.size, 0);
    assert.equal((await page.call('GET', '/courses')).status, 200);
  });

  test('a bearer token is what counts beside cookies: it needs no proof, and a bad one is not replaced by them', async () => {
    const { id } = await makeMember(server);
    const other = await makeMember(server);
    const page = await openPage(server, id);
    page.csrfToken = undefined;
    const authorization = `Bearer ${other.token}`;
    assert.equal((await page.call('GET', '/me', undefined, { authorization })).body.id, other.id);
    assert.equal((await rename(page, { authorization, origin: 'https://evil.example' })).body.id, other.id);
    for (const bad of ['Bearer nothing', 'Basic bm90aGluZw=='])
      assert.equal((await page.call('GET', '/me', undefined, { authorization: bad })).status, 401, bad);
    const noBody = await page.call('POST', '/auth/refresh', undefined, { authorization });
    assert.equal(noBody.body.code, 'refresh_token_invalid');
    const left = await page.call('POST', '/auth/logout', undefined, { authorization });
    assert.deepEqual([left.status, left.headers.getSetCookie()], [204, []]);
    assert.equal(await statusOf(page), 200);
  });

  test('a ticket in an address counts for itself, whatever the cookies are worth', async () => {
    const { id } = await makeMember(server);
    const page = await openPage(server, id);
    const { ticket } = ok(await page.call('POST', '/me/events/tickets'));
    server.clock.advance({ seconds: 20 });
    page.jar.set(accessCookie, 'stale');
    const news = await page.call('GET', `/me/events?follow=false&ticket=${ticket as string}`);
    assert.equal(news.status, 200, news.text);
  });

  test('an API key is none in a cookie', async () => {
    const { id, token } = await makeMember(server);
    const body = { name: 'Key', scopes: ['courses:read'], expiresInDays: 1 };
    const { key } = ok(await server.post('/me/api-keys', body, token));
    const page = await openPage(server, id);
    assert.equal((await server.get('/courses', key as string)).status, 200);
    page.jar.set(accessCookie, key as string);
    assert.equal((await page.call('GET', '/courses')).status, 401);
  });

  test('where the answer is the same for everybody, no cookie is looked at', async () => {
    const page = createPage(server);
    page.jar.set(accessCookie, 'stale');
    for (const path of ['/health', '/auth/oidc/providers', '/certificates/verify/UNKNOWN-NUMBER'])
      assert.notEqual((await page.call('GET', path)).status, 401, path);
    assert.equal((await page.call('GET', '/courses')).status, 401);
  });

  test('what is done by cookies is recorded and repeated as by a bearer token', async () => {
    const { id } = await makeMember(server, 'instructor');
    const page = await openPage(server, id);
    const course = () =>
      page.call('POST', '/courses', { title: 'Twice' }, { 'idempotency-key': 'by-cookie-1' });
    const made = await course();
    assert.equal(made.status, 201, made.text);
    const again = await course();
    assert.deepEqual([again.headers.get('idempotent-replayed'), again.body.id], ['true', made.body.id]);
    const { sessionId } = await server.open.deps.accessTokens.verify(
      page.jar.get(accessCookie) ?? '',
      server.clock.now(),
    );
    const rows = await runSql(
      server.open.deps.db,
      `select actor_id, session_id, outcome from audit_entry where target_id = $1 and action = 'course.created'`,
      [made.body.id],
    );
    assert.deepEqual(rows, [{ actor_id: id, session_id: sessionId, outcome: 'done' }]);
  });

  test('rights, second factors and a sign-in of late are asked for as of a bearer token', async () => {
    const student = await makeMember(server);
    const admin = await makeMember(server, 'admin');
    const calls = [
      ['GET', '/users', undefined],
      ['GET', '/me', undefined],
      ['POST', '/courses', { title: 'Rights' }],
      ['POST', '/me/totp', undefined],
      ['PUT', '/admin/sign-in-policy', { mfaRequiredFor: ['instructor'] }],
    ] as const;
    const compare = async (person: { id: string; token: string }, expected: number[]) => {
      const page = await openPage(server, person.id);
      const text = `update session set authenticated_at = (select min(authenticated_at) from session where user_id = $1) where user_id = $1`;
      await runSql(server.open.deps.db, text, [person.id]);
      for (const [at, [method, path, body]] of calls.entries()) {
        const byCookie = await page.call(method, path, body);
        const byBearer = await server.request(method, path, { token: person.token, body });
        assert.deepEqual([byCookie.status, byBearer.status], [expected[at], expected[at]], path);
        assert.equal(byCookie.body.code, byBearer.body.code);
      }
    };
    const instructor = await makeMember(server, 'instructor');
    await compare(student, [403, 200, 403, 201, 403]);
    await compare(admin, [200, 200, 201, 201, 200]);
    await compare(instructor, [403, 200, 403, 201, 403]);
    server.clock.advance({ minutes: 14 });
    const late = await makeMember(server);
    const before = new Date(server.clock.now().getTime() - 3_600_000);
    await runSql(server.open.deps.db, 'update session set authenticated_at = $2 where user_id = $1', [
      late.id,
      before,
    ]);
    await compare(late, [403, 200, 403, 403, 403]);
  });
});

suite('settings of browser sessions', () => {
  test('ACCESS_TOKEN_BLACKLIST_ENABLED=false holds for cookies as for bearer tokens', async (t) => {
    const server = await startTestServer({ config: { accessTokenBlacklistEnabled: false } });
    t.after(() => server.stop());
    const { id } = await makeMember(server);
    const page = await openPage(server, id);
    const access = page.jar.get(accessCookie) ?? '';
    await page.call('POST', '/auth/logout');
    page.jar.set(accessCookie, access);
    const statuses = [await page.call('GET', '/me'), await server.get('/me', access)];
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [200, 200],
    );
    server.clock.advance({ minutes: 16 });
    assert.equal((await page.call('GET', '/me')).status, 401);
  });

  test('CSRF_ENABLED=false asks for no token and no origin, and CORS_ORIGINS=* lets no page use cookies', async (t) => {
    const server = await startTestServer({ config: { csrfEnabled: false, corsOrigins: ['*'] } });
    t.after(() => server.stop());
    const { id } = await makeMember(server);
    const page = await openPage(server, id);
    page.csrfToken = undefined;
    assert.equal((await page.call('PATCH', '/me', { name: 'Ada' }, { origin: '' })).status, 200);
    const answer = await page.call('GET', '/me', undefined, { origin: 'https://app.example.com' });
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    assert.equal(answer.headers.get('access-control-allow-credentials'), null);
  });

  test('credentials are allowed to listed origins alone, errors and preflights included', async (t) => {
    const origin = 'https://app.example.com';
    const server = await startTestServer({ config: { corsOrigins: [origin] } });
    t.after(() => server.stop());
    const { id } = await makeMember(server);
    const page = await openPage(server, id, origin);
    const done = await page.call('PATCH', '/me', { name: 'Ada' });
    assert.equal(done.status, 200, done.text);
    page.csrfToken = undefined;
    for (const answer of [done, await page.call('PATCH', '/me', { name: 'Ada' })]) {
      assert.equal(answer.headers.get('access-control-allow-origin'), origin);
      assert.equal(answer.headers.get('access-control-allow-credentials'), 'true');
      assert.match(answer.headers.get('vary') ?? '', /Origin/i);
    }
    const preflight = (from: string) =>
      server.request('OPTIONS', '/me', {
        headers: {
          origin: from,
          'access-control-request-method': 'PATCH',
          'access-control-request-headers': 'content-type,x-csrf-token',
        },
      });
    const allowed = await preflight(origin);
    assert.equal(allowed.headers.get('access-control-allow-credentials'), 'true');
    assert.match(allowed.headers.get('access-control-allow-headers') ?? '', /x-csrf-token/);
    const foreign = await preflight('https://evil.example.com');
    assert.equal(foreign.headers.get('access-control-allow-origin'), null);
  });
});
