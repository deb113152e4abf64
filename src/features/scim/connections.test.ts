import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { TestServer } from '#test/server.ts';
import { begin, createBrowser, fragmentOf } from '#test/sso/browser.ts';
import { startForgedProvider, type ForgedProvider } from '#test/sso/forged-provider.ts';
import { startTestServer } from '#test/server.ts';
import {
  assertScimError,
  bring,
  call,
  connect,
  makeAccount,
  newUser,
  patch,
  rowsOf,
  type Account,
} from './scim-testing.ts';

suite('connections of SCIM', () => {
  let server: TestServer;
  let admin: Account;
  let provider: ForgedProvider;
  let providerId: string;
  before(async () => {
    server = await startTestServer({ config: { ssoAllowPrivateAddresses: true } });
    admin = await makeAccount(server, 'admin');
    provider = await startForgedProvider();
    const body = { key: 'school', name: 'School', clientId: 'lms', issuer: provider.issuer };
    providerId = (await server.post('/admin/sso/providers', body, admin.token)).body.id;
  });
  after(async () => {
    await provider?.stop();
    await server?.stop();
  });

  const path = '/admin/scim/connections';

  test('a token is shown once, kept as a hash, and told by its beginning', async () => {
    const { id, token } = await connect(server, admin);
    assert.match(token, /^lms_scim_[\w-]{43}[0-9a-z]{7}$/);
    const shown = await server.get(`${path}/${id}`, admin.token);
    assert.equal(shown.text.includes(token), false);
    assert.equal(token.startsWith(shown.body.hint), true);
    const [row] = await rowsOf(
      server,
      'select scim_connection::text as text from scim_connection where id = $1',
      [id],
    );
    assert.equal(row.text.includes(token), false);
    const trail = await server.get(`/admin/audit-events?targetId=${id}`, admin.token);
    assert.equal(trail.text.includes(token.slice(9, 30)), false);
  });

  test('a token is used, rotated with overlap, expires, and stops with its connection', async () => {
    const { id, token } = await connect(server, admin);
    const asks = async (text: string) => (await call(server, text, 'GET', '/Users')).status;
    assert.equal(await asks(token), 200);
    assert.notEqual((await server.get(`${path}/${id}`, admin.token)).body.lastUsedAt, null);
    const rotated = await server.post(`${path}/${id}/token`, { expiresInDays: 10 }, admin.token);
    assert.equal(rotated.status, 200, rotated.text);
    const { token: next } = rotated.body;
    assert.deepEqual([await asks(token), await asks(next)], [200, 200]);
    server.clock.advance({ days: 1, ms: 1 });
    admin = await makeAccount(server, 'admin');
    assert.deepEqual([await asks(token), await asks(next)], [401, 200]);
    const off = await server.patch(`${path}/${id}`, { isActive: false }, admin.token);
    assert.equal(off.status, 200, off.text);
    assert.equal(await asks(next), 401);
    await server.patch(`${path}/${id}`, { isActive: true }, admin.token);
    assert.equal(await asks(next), 200);
    server.clock.advance({ days: 10 });
    assert.equal(await asks(next), 401);
    admin = await makeAccount(server, 'admin');
  });

  test('who manages sign-on and may not do all else makes none, and gives none more', async () => {
    const role = { name: 'Sign-on', permissions: ['sso.manage'] };
    const { id: roleId } = (await server.post('/roles', role, admin.token)).body;
    const delegate = await makeAccount(server, 'instructor');
    await server.put(`/roles/${roleId}/members/${delegate.id}`, undefined, admin.token);
    const { id } = await connect(server, admin);
    const refused = [
      await server.post(path, { name: 'Theirs' }, delegate.token),
      await server.post(`${path}/${id}/token`, {}, delegate.token),
      await server.patch(`${path}/${id}`, { emailDomains: ['school.example'] }, delegate.token),
      await server.patch(`${path}/${id}`, { providerId }, delegate.token),
      await server.patch(`${path}/${id}`, { isActive: true }, delegate.token),
    ];
    for (const { status, body } of refused)
      assert.deepEqual([status, body.code], [403, 'permission_not_held']);
    const harmless = await server.patch(
      `${path}/${id}`,
      { name: 'Renamed', isActive: false },
      delegate.token,
    );
    assert.equal(harmless.status, 200);
    assert.equal((await server.delete(`${path}/${id}`, delegate.token)).status, 204);
  });

  test('who is brought signs in by the provider, as what they are called there', async () => {
    const directory = await connect(server, admin, { providerId });
    const { id, externalId } = await bring(directory);
    const signOn = async (sub: string) => {
      provider.forgery = { claims: { sub } };
      const browser = createBrowser(server);
      const { location, codeVerifier } = await begin(browser, server, 'school');
      const query = provider.authorize(location).toString();
      const back = await browser.open(`${server.baseUrl}/auth/oidc/school/callback?${query}`);
      const { code, error } = fragmentOf(back.location);
      if (error !== undefined) return { error };
      return (await server.post('/auth/login/exchanges', { code, codeVerifier })).body;
    };
    const signedIn = await signOn(externalId);
    assert.equal(signedIn.user?.id, id);
    const moved = patch({ op: 'replace', path: 'externalId', value: 'another' });
    assert.equal((await directory.send('PATCH', `/Users/${id}`, moved)).status, 200);
    assert.equal(
      (await server.get('/me', signedIn.accessToken)).status,
      401,
      'the session came by what is gone',
    );
    assert.deepEqual(await signOn(externalId), { error: 'account_unknown' });
    assert.equal((await signOn('another')).user?.id, id);
    const taken = await directory.send('POST', '/Users', newUser({ externalId: 'another' }));
    assertScimError(taken, 409, 'uniqueness');
    await directory.send('DELETE', `/Users/${id}`);
    assert.deepEqual(await signOn('another'), { error: 'account_unknown' });
  });

  test('a provider that is none, and domains that are none', async () => {
    const unknown = await server.post(path, { name: 'X', providerId: admin.id }, admin.token);
    assert.deepEqual([unknown.status, unknown.body.errors[0].code], [400, 'provider_unknown']);
    assert.equal((await server.post(path, { name: 'X', emailDomains: ['x y'] }, admin.token)).status, 400);
  });

  test('the server says what it can', async () => {
    const directory = await connect(server, admin);
    const { body } = await directory.send('GET', '/ServiceProviderConfig');
    assert.deepEqual([body.patch.supported, body.bulk.supported, body.filter.maxResults], [true, false, 100]);
    const types = (await directory.send('GET', '/ResourceTypes')).body.Resources;
    assert.deepEqual(
      types.map(({ endpoint }: { endpoint: string }) => endpoint),
      ['/Users', '/Groups'],
    );
    for (const { id } of (await directory.send('GET', '/Schemas')).body.Resources) {
      const one = await directory.send('GET', `/Schemas/${id}`);
      assert.deepEqual([one.status, one.body.id], [200, id]);
    }
    assertScimError(await directory.send('GET', '/Schemas/urn:none'), 404);
  });
});
