import assert from 'node:assert/strict';
import { after, before, beforeEach, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import type { TestServer } from '#test/server.ts';
import { begin, createBrowser, fragmentOf } from '#test/sso/browser.ts';
import { startForgedProvider, type ForgedProvider, type Forgery } from '#test/sso/forged-provider.ts';
import { addProvider, makeAccount, startSsoServer, type Admin } from './sso-testing.ts';

suite('attacks on sign-on by OpenID Connect', () => {
  let server: TestServer;
  let admin: Admin;
  let provider: ForgedProvider;
  let other: ForgedProvider;
  before(async () => {
    ({ server, admin } = await startSsoServer());
    provider = await startForgedProvider();
    other = await startForgedProvider();
    await addProvider(server, admin, { key: 'forged', issuer: provider.issuer, createsAccounts: true });
    await addProvider(server, admin, { key: 'other', issuer: other.issuer, createsAccounts: true });
  });
  after(async () => {
    await provider?.stop();
    await other?.stop();
    await server?.stop();
  });
  beforeEach(() => {
    provider.forgery = {};
    other.forgery = {};
  });

  const callback = (query: URLSearchParams, key = 'forged') =>
    `${server.baseUrl}/auth/oidc/${key}/callback?${query.toString()}`;

  /** A whole sign-in; what it led back with. */
  async function outcome(
    query: Record<string, string> = {},
    key = 'forged',
  ): Promise<Record<string, string>> {
    const browser = createBrowser(server);
    const begun = await begin(browser, server, key);
    const { status, location, text } = await browser.open(
      callback(provider.authorize(begun.location, query), key),
    );
    assert.equal(status, 302, text);
    return fragmentOf(location);
  }

  test('the forged provider lets in where it does not forge: each refusal below has its own reason', async () => {
    const { code, error } = await outcome();
    assert.deepEqual([typeof code, error], ['string', undefined]);
  });

  const now = () => Math.floor(Date.now() / 1000);
  const forgeries: Record<string, () => Forgery> = {
    'alg none': () => ({ signedBy: 'none' }),
    'HS256 with the public key (key confusion)': () => ({ signedBy: 'publicKey' }),
    'a signature by a key that is not published': () => ({ signedBy: 'other' }),
    'an algorithm that discovery does not name': () => ({ header: { alg: 'PS256' } }),
    'another nonce': () => ({ claims: { nonce: 'another' } }),
    'no nonce': () => ({ claims: { nonce: undefined } }),
    'another issuer': () => ({ claims: { iss: other.issuer } }),
    'another audience': () => ({ claims: { aud: 'another-client' } }),
    'a second audience without azp': () => ({ claims: { aud: ['lms', 'another-client'] } }),
    'an azp of another client': () => ({ claims: { azp: 'another-client' } }),
    'an expired token': () => ({ claims: { iat: now() - 600, exp: now() - 300 } }),
    'no expiry': () => ({ claims: { exp: undefined } }),
    'an at_hash of another access token': () => ({ claims: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } }),
    'an at_hash that is no text': () => ({ claims: { at_hash: 7 } }),
    'no subject': () => ({ claims: { sub: undefined } }),
  };
  for (const [name, forge] of Object.entries(forgeries)) {
    test(`refused: ${name}`, async () => {
      provider.forgery = forge();
      assert.deepEqual(await outcome(), { error: 'answer_invalid' });
    });
  }

  test('mix-up: an answer that names another issuer is refused (RFC 9207), and one that names none', async () => {
    assert.deepEqual(await outcome({ iss: other.issuer }), { error: 'answer_invalid' });
    const browser = createBrowser(server);
    const begun = await begin(browser, server, 'forged');
    const query = provider.authorize(begun.location);
    query.delete('iss');
    const { location } = await browser.open(callback(query));
    assert.deepEqual(fragmentOf(location), { error: 'answer_invalid' });
  });

  test('mix-up: a sign-in that began at one provider does not end at another’s callback', async () => {
    const browser = createBrowser(server);
    const begun = await begin(browser, server, 'forged');
    const answer = await browser.open(callback(provider.authorize(begun.location), 'other'));
    assert.equal(answer.status, 400, answer.text);
    assert.equal(JSON.parse(answer.text).code, 'sign_on_invalid');
  });

  test('login CSRF and session fixation: no callback counts in a browser that did not begin it', async () => {
    const attacker = createBrowser(server);
    const begun = await begin(attacker, server, 'forged');
    const url = callback(provider.authorize(begun.location));
    const victim = createBrowser(server);
    assert.equal((await victim.open(url)).status, 400, 'without a cookie');
    await begin(victim, server, 'forged');
    assert.equal((await victim.open(url)).status, 400, 'with the cookie of another sign-in');
    const forged = { headers: { cookie: begun.cookies[0]?.replace(/=[^;]*;.*/, '=guessed') ?? '' } };
    const answer = await fetch(url, { redirect: 'manual', ...forged });
    assert.equal(answer.status, 400, 'with a cookie that was made up');
    assert.equal((await attacker.open(url)).status, 302, 'and its own browser still ends it');
  });

  test('a browser that is not waited for gets a page that a person can read, a program the problem', async () => {
    const url = callback(new URLSearchParams({ state: 'x', code: 'y' }));
    const open = async (accept: string) => {
      const headers = { accept, 'accept-language': 'de' };
      const answer = await fetch(url, { redirect: 'manual', headers });
      return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() };
    };
    const page = await open('text/html,application/xhtml+xml,*/*;q=0.8');
    assert.deepEqual([page.status, page.type], [400, 'text/html; charset=utf-8']);
    assert.match(page.text, /<h1>Diese Anmeldung gilt nicht mehr/);
    const problem = await open('*/*');
    assert.deepEqual([problem.status, JSON.parse(problem.text).code], [400, 'sign_on_invalid']);
  });

  test('the cookie of a sign-in is HttpOnly and Lax, and with https __Host- and Secure', async () => {
    const { cookies } = await begin(createBrowser(server), server, 'forged');
    assert.match(
      cookies.join(),
      /^lms_sso_[0-9a-f]{16}=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
    const { cookieNameOf, setCookie } = await import('./browser-secret.ts');
    const header = setCookie(cookieNameOf('state', true), 'secret', true);
    assert.match(
      header,
      /^__Host-lms_sso_[0-9a-f]{16}=secret; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600; Secure$/,
    );
  });

  test('a callback counts once: a replayed one is refused', async () => {
    const browser = createBrowser(server);
    const begun = await begin(browser, server, 'forged');
    const cookie = begun.cookies[0]?.split(';')[0] ?? '';
    const url = callback(provider.authorize(begun.location));
    assert.ok(fragmentOf((await browser.open(url)).location)['code']);
    assert.equal((await fetch(url, { redirect: 'manual', headers: { cookie } })).status, 400);
  });

  test('of two that come back with one state at the same time, one is let in', async () => {
    const { location, cookies } = await begin(createBrowser(server), server, 'forged');
    const url = callback(provider.authorize(location));
    const cookie = cookies[0]?.split(';')[0] ?? '';
    const both = await Promise.all([1, 2].map(() => fetch(url, { redirect: 'manual', headers: { cookie } })));
    assert.deepEqual(both.map(({ status }) => status).toSorted(), [302, 400]);
  });

  test('a sign-in that took longer than ten minutes is refused, and so is one without a state', async () => {
    const browser = createBrowser(server);
    const begun = await begin(browser, server, 'forged');
    const query = provider.authorize(begun.location);
    server.clock.advance({ seconds: 601 });
    assert.equal((await browser.open(callback(query))).status, 400);
    query.delete('state');
    assert.equal((await browser.open(callback(query))).status, 400);
  });

  test('a code of the provider that was injected into another sign-in is refused: PKCE and nonce', async () => {
    const victim = createBrowser(server);
    const stolen = provider.authorize((await begin(victim, server, 'forged')).location);
    const attacker = createBrowser(server);
    const own = provider.authorize((await begin(attacker, server, 'forged')).location);
    own.set('code', stolen.get('code') ?? '');
    const { location } = await attacker.open(callback(own));
    assert.deepEqual(fragmentOf(location), { error: 'answer_invalid' });
  });

  test('what the database holds of a sign-in under way ends none', async () => {
    const begun = await begin(createBrowser(server), server, 'forged');
    const rows = JSON.stringify(
      await runSql(
        server.open.deps.db,
        `select *, encode(state_hash, 'escape') as state,
        encode(browser_hash, 'escape') as browser from sso_transaction`,
      ),
    );
    const { searchParams } = new URL(begun.location);
    const secret = begun.cookies[0]?.split(/[=;]/)[1] ?? '';
    for (const text of [searchParams.get('state'), searchParams.get('nonce'), secret])
      assert.ok(text && !rows.includes(text));
  });

  test('open redirect: a sign-in leads back to this institution and its front ends alone', async () => {
    const ours = server.open.deps.config.publicUrl;
    const start = async (returnTo: string) =>
      (await begin(createBrowser(server), server, 'forged', { returnTo })).status;
    for (const allowed of ['/', '/courses?x=1', `${ours}/home`, 'https://front.example.com/signed-in'])
      assert.equal(await start(allowed), 302, allowed);
    for (const refused of [
      'https://evil.example',
      '//evil.example',
      String.raw`/\evil.example`,
      `${ours}.evil.example/`,
      'https://front.example.com.evil.example/',
      'http://front.example.com/',
      'https://front.example.com@evil.example/',
      'https://me:secret@front.example.com/',
      'javascript:alert(1)',
      'data:text/html,hi',
      '/home#code=theirs',
      '/\n/evil.example',
    ])
      assert.equal(await start(refused), 400, refused);
  });

  test('takeover: an address that the provider does not call verified is no address', async () => {
    await makeAccount(server, { name: 'Owner', role: 'admin', email: 'owner@school.example' });
    for (const email_verified of [false, undefined, 'true', 1]) {
      provider.forgery = {
        claims: { sub: `sub-${email_verified}`, email: 'owner@school.example', email_verified },
      };
      assert.ok((await outcome())['code'], 'an account of its own, without an address');
    }
    const linked = `select count(*)::int as n from external_identity join app_user on app_user.id = user_id where email is not null`;
    assert.deepEqual(await runSql(server.open.deps.db, linked), [{ n: 0 }]);
    // Verified, but of a domain that the provider does not speak for.
    provider.forgery = {
      claims: { sub: 'sub-verified', email: 'owner@school.example', email_verified: true },
    };
    assert.deepEqual(await outcome(), { error: 'email_taken' });
  });

  test('nOAuth: what userinfo says of an address, or of who it is, is vouched for by nothing that the ID token says', async () => {
    const email = 'victim@school.example';
    await makeAccount(server, { name: 'Victim', role: 'admin', email });
    await addProvider(server, admin, {
      key: 'tenant',
      issuer: provider.issuer,
      claims: { subject: 'oid', emailVerified: 'xms_edov' },
      emailDomains: ['school.example'],
      createsAccounts: true,
    });
    const sign = (claims: object, told: object) => {
      provider.forgery = {
        claims: { ...claims },
        discovery: { userinfo_endpoint: `${provider.issuer}/userinfo` },
        answer(path, response) {
          if (path !== '/userinfo') return false;
          response.writeHead(200, { 'content-type': 'application/json' });
          return Boolean(response.end(JSON.stringify({ sub: 'one', ...told })));
        },
      };
      return outcome({}, 'tenant');
    };
    const oid = 'object-thief';
    const refused = { error: 'email_not_allowed' };
    assert.deepEqual(await sign({ oid, xms_edov: true }, { email }), refused);
    assert.deepEqual(await sign({ oid, email, email_verified: true }, {}), refused, 'by another claim');
    for (const odd of [false, 0, '0', 'yes', {}, [true]])
      assert.deepEqual(await sign({ oid, email, xms_edov: odd }, {}), refused, JSON.stringify(odd));
    for (const odd of [undefined, '', 7, 'x'.repeat(301)])
      assert.deepEqual(await sign({ oid: odd }, { oid, email, xms_edov: true }), { error: 'answer_invalid' });
    assert.ok((await sign({ oid }, { email, xms_edov: true }))['code'], 'one word for both');
  });

  test('nOAuth: an issuer that stands for every tenant of Microsoft’s is none', async () => {
    const { createProviderClients, ProviderUnavailable } = await import('./provider-client.ts');
    const issuer = 'https://login.microsoftonline.com/common/v2.0';
    const metadata = {
      issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0',
      authorization_endpoint: 'https://login.microsoftonline.com/common/oauth2/v2.0/authorize',
      jwks_uri: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
    };
    const answer = { status: 200, contentType: 'application/json', body: JSON.stringify(metadata) };
    const microsoft = { get: async () => ({ ...answer, durationMs: 1, failure: null }) };
    const identityProviders = { ...server.open.deps.identityProviders, ...microsoft };
    const clients = createProviderClients({ config: server.open.deps.config, identityProviders });
    const settings = { id: 'one', version: 1, clientId: 'lms', clientSecret: null, issuer };
    await assert.rejects(clients.of(settings), new ProviderUnavailable('other_issuer'));
  });

  test('SSRF: an issuer on a private address is refused when it is set, and when it is reached', async () => {
    const config = server.open.deps.config;
    const strict = { ...server.open.deps, config: { ...config, ssoAllowPrivateAddresses: false } };
    const { reasonsAgainstOidc } = await import('./commands/provider-input.ts');
    for (const issuer of [
      'http://127.0.0.1:5432',
      'http://169.254.169.254',
      'http://[::1]/',
      'http://localhost',
    ])
      assert.equal(reasonsAgainstOidc(strict, { issuer })[0]?.code, 'url_private', issuer);
    const { createProviderClients, ProviderUnavailable } = await import('./provider-client.ts');
    const { createOutboundHttp } = await import('#platform/outbound-http/outbound-http.ts');
    const guarded = createOutboundHttp({ allowPrivateAddresses: false, resolve: async () => ['10.0.0.7'] });
    const clients = createProviderClients({ config, identityProviders: guarded });
    const settings = { id: 'one', version: 1, clientId: 'lms', clientSecret: null };
    for (const issuer of [provider.issuer, 'http://named.example.com'])
      await assert.rejects(clients.of({ ...settings, issuer }), new ProviderUnavailable('address_refused'));
    guarded.close();
  });

  test('a discovery that names another issuer, or leads browsers to no web address, is refused', async () => {
    for (const [key, discovery] of [
      ['lying', { issuer: other.issuer }],
      ['scripting', { authorization_endpoint: 'javascript:alert(1)' }],
      ['endless', { padding: 'x'.repeat(300_000) }],
    ] as const) {
      const lying = await startForgedProvider();
      lying.forgery = { discovery };
      await addProvider(server, admin, { key, issuer: lying.issuer });
      const { location } = await begin(createBrowser(server), server, key);
      assert.deepEqual(fragmentOf(location), { error: 'provider_unavailable' }, key);
      await lying.stop();
    }
  });

  test('whatever a provider answers, nobody sees a 500: an error leads back', async () => {
    const answers: Forgery['answer'][] = [
      (path, response) => path === '/token' && Boolean(response.writeHead(500).end('no')),
      (path, response) =>
        path === '/token' && Boolean(response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()),
      (path, response) =>
        path === '/token' && Boolean(response.writeHead(200, { 'content-type': 'text/html' }).end('<p>')),
      (path, response) =>
        path === '/token' &&
        Boolean(response.writeHead(200, { 'content-type': 'application/json' }).end('[7]')),
      (path, response) => path === '/token' && Boolean(response.destroy()),
    ];
    for (const answer of answers) {
      provider.forgery = answer ? { answer } : {};
      assert.match((await outcome())['error'] ?? '', /^(answer_invalid|provider_unavailable)$/);
    }
  });

  test('keys are read again for an unknown key id, and not each time that one comes', async () => {
    const count = () => provider.asked.filter((path) => path === '/jwks').length;
    await outcome();
    const before = count();
    provider.forgery = { header: { kid: 'unknown' } };
    for (let tries = 0; tries < 5; tries += 1) assert.deepEqual(await outcome(), { error: 'answer_invalid' });
    assert.ok(count() - before <= 1, `${count() - before} times`);
  });

  test('no log line names an address, a token or a code', async () => {
    provider.forgery = { claims: { sub: 'logged', email: 'logged@school.example', email_verified: true } };
    const { code = '' } = await outcome();
    const lines = JSON.stringify(server.log);
    for (const text of [code, 'logged@school.example', 'an-access-token', 'a-secret-of-the-client'])
      assert.ok(!lines.includes(text), text);
  });
});
