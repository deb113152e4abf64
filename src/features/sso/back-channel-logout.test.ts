import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { startTestServer, type TestServer } from '#test/server.ts';
import { begin, createBrowser, fragmentOf } from '#test/sso/browser.ts';
import { logoutForm, startForgedProvider, type ForgedProvider } from '#test/sso/forged-provider.ts';
import { addProvider, startSsoServer } from './sso-testing.ts';

suite('logout that a provider begins', () => {
  let server: TestServer;
  let provider: ForgedProvider;
  before(async () => {
    const started = await startSsoServer();
    server = started.server;
    provider = await startForgedProvider();
    const { issuer } = provider;
    const createsAccounts = true;
    await addProvider(server, started.admin, { key: 'forged', issuer, createsAccounts });
    await addProvider(server, started.admin, {
      key: 'tenant',
      issuer,
      createsAccounts,
      claims: { subject: 'oid' },
    });
  });
  after(async () => {
    await provider?.stop();
    await server?.stop();
  });
  beforeEach(() => {
    provider.forgery = {};
  });

  async function codeOf(claims: Record<string, unknown>, key = 'forged') {
    provider.forgery = { claims };
    const browser = createBrowser(server);
    const { location, codeVerifier } = await begin(browser, server, key);
    const query = provider.authorize(location).toString();
    const back = await browser.open(`${server.baseUrl}/auth/oidc/${key}/callback?${query}`);
    provider.forgery = {};
    return { code: fragmentOf(back.location)['code'], codeVerifier };
  }

  async function signOn(claims: Record<string, unknown>, key = 'forged'): Promise<string> {
    const answer = await server.post('/auth/login/exchanges', await codeOf(claims, key));
    assert.equal(answer.status, 200, answer.text);
    return answer.body.accessToken;
  }

  const send = (form: string, key = 'forged') =>
    server.request('POST', `/auth/oidc/${key}/back-channel-logout`, {
      raw: form,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const isIn = async (token: string) => (await server.get('/me', token)).status === 200;

  test('ends the sessions of a sid, or all of a sub, and nobody else’s; a code that waits, too', async () => {
    const [here, there, other] = [
      await signOn({ sub: 'a', sid: 'here' }),
      await signOn({ sub: 'a', sid: 'there' }),
      await signOn({ sub: 'b', sid: 'other' }),
    ];
    const answer = await send(logoutForm(provider, { sub: 'a', sid: 'here' }));
    assert.deepEqual([answer.status, answer.headers.get('cache-control')], [200, 'no-store'], answer.text);
    assert.deepEqual([await isIn(here), await isIn(there), await isIn(other)], [false, true, true]);
    const waiting = await codeOf({ sub: 'a', sid: 'there' });
    assert.equal((await send(logoutForm(provider, { sub: 'a' }))).status, 200);
    assert.deepEqual([await isIn(there), await isIn(other)], [false, true]);
    assert.equal((await server.post('/auth/login/exchanges', waiting)).status, 401);
  });

  test('a session ends on every node at once, where each node remembers who is signed in', async () => {
    const databaseUrl = server.open.deps.config.databaseUrl ?? '';
    const node = await startTestServer({ databaseUrl });
    const token = await signOn({ sub: 'c' });
    assert.equal((await node.get('/me', token)).status, 200);
    await send(logoutForm(provider, { sub: 'c' }));
    assert.equal((await node.get('/me', token)).status, 401);
    await node.stop();
  });

  test('where another claim says who it is, a logout token says it by that claim or by the sid, and by no sub', async () => {
    const [mine, other] = [
      await signOn({ sub: 'pair-1', oid: 'object-1', sid: 's1' }, 'tenant'),
      await signOn({ sub: 'object-1', oid: 'object-2', sid: 's2' }, 'tenant'),
    ];
    assert.equal((await send(logoutForm(provider, { sub: 'object-1' }), 'tenant')).status, 400);
    assert.equal((await send(logoutForm(provider, { sub: 'x', oid: 'object-1' }), 'tenant')).status, 200);
    assert.deepEqual([await isIn(mine), await isIn(other)], [false, true]);
    assert.equal((await send(logoutForm(provider, { sub: 'x', sid: 's2' }), 'tenant')).status, 200);
    assert.equal(await isIn(other), false);
  });

  test('a logout token counts once', async () => {
    const form = logoutForm(provider, { sub: 'nobody' });
    assert.equal((await send(form)).status, 200, 'of nobody known: nothing to do');
    const again = await send(form);
    assert.deepEqual([again.status, again.body.errors[0].code], [400, 'logout_token_invalid']);
  });

  const past = Math.floor(Date.now() / 1000) - 3_600;
  const forged: Record<string, Record<string, unknown>> = {
    'of another issuer': { iss: 'https://login.example.com' },
    'for another audience': { aud: 'another-client' },
    expired: { exp: past + 60 },
    'issued long ago': { iat: past, exp: past + 7_200 },
    'with a nonce, as an ID token has': { nonce: 'n' },
    'of no logout': { events: {} },
    'whose event is no object': { events: { 'http://schemas.openid.net/event/backchannel-logout': true } },
    'without an id of its own': { jti: undefined },
    'that names nobody': { sub: undefined },
    'that names something odd': { sub: 7, sid: 'here' },
  };
  test('what does not hold ends nothing', async () => {
    const token = await signOn({ sub: 'd' });
    for (const [name, change] of Object.entries(forged))
      assert.equal((await send(logoutForm(provider, { sub: 'd', ...change }))).status, 400, name);
    for (const signedBy of ['none', 'publicKey', 'other'] as const) {
      provider.forgery = { signedBy };
      assert.equal((await send(logoutForm(provider, { sub: 'd' }))).status, 400, signedBy);
    }
    provider.forgery = { header: { typ: 'at+jwt' } };
    assert.equal((await send(logoutForm(provider, { sub: 'd' }))).status, 400, 'another type');
    for (const form of ['', 'logout_token=', 'logout_token=a.b.c', 'other=1'])
      assert.equal((await send(form)).status, 400, form);
    provider.forgery = {};
    assert.equal((await send(logoutForm(provider, { sub: 'd' }), 'unknown')).status, 404);
    assert.equal(await isIn(token), true);
  });
});
