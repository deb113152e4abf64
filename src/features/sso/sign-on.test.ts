import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { addApp } from '#test/factors.ts';
import { linksOfChange } from '#test/mailed-token.ts';
import { createPage } from '#test/page.ts';
import type { TestServer } from '#test/server.ts';
import { begin, createBrowser, fragmentOf } from '#test/sso/browser.ts';
import {
  startIdentityProvider,
  type IdentityProvider,
  type ProviderPerson,
} from '#test/sso/identity-provider.ts';
import {
  addProvider,
  eventsOf,
  makeAccount,
  signOn,
  signOnWholly,
  startSsoServer,
  type Admin,
} from './sso-testing.ts';

const verified = { email_verified: true };
const people: Record<string, ProviderPerson> = {
  new: { name: 'Nora New', email: 'nora@school.example', ...verified, locale: 'de' },
  linked: { name: 'Lea at the Provider', email: 'Lea@School.example', ...verified },
  unproven: { name: 'Ulf', email: 'ulf@school.example', email_verified: false },
  unprovenHere: { name: 'Ute', email: 'ute@school.example', ...verified },
  outsider: { name: 'Otto', email: 'otto@elsewhere.example', ...verified },
  gone: { name: 'Gabi', email: 'gabi@school.example', ...verified },
  away: { name: 'Anna', email: 'anna@school.example', ...verified },
  teacher: { name: 'Tom', email: 'tom@school.example', ...verified, groups: ['teachers', 'staff'] },
  strong: { name: 'Sam', email: 'sam@school.example', ...verified, amr: ['pwd', 'mfa'] },
  thief: { name: 'Thea', email: 'thea@school.example', ...verified },
  leaving: { name: 'Lou', email: 'lou@school.example', ...verified },
};

suite('sign-on by a real provider of OpenID Connect', () => {
  let server: TestServer;
  let admin: Admin;
  let idp: IdentityProvider;
  before(async () => {
    ({ server, admin } = await startSsoServer());
    const { publicUrl } = server.open.deps.config;
    idp = await startIdentityProvider({
      people,
      client: {
        clientId: 'lms',
        clientSecret: 'a-secret-of-the-client',
        redirectUri: `${publicUrl}/api/v1/auth/oidc/school/callback`,
      },
    });
    await addProvider(server, admin, {
      key: 'school',
      name: 'The school',
      issuer: idp.issuer,
      scopes: ['openid', 'email', 'profile', 'groups'],
      emailDomains: ['school.example'],
      createsAccounts: true,
      trustsSecondFactor: true,
      groupMappings: [],
    });
  });
  after(async () => {
    await idp?.stop();
    await server?.stop();
  });

  test('who has no account gets one without a password, and has the same the next time', async () => {
    const first = await signOnWholly(server, 'school', 'new');
    assert.equal(first.result, 'signedIn');
    const { email, name, role, emailVerified, locale } = first.user;
    assert.deepEqual(
      { email, name, role, emailVerified, locale },
      { email: 'nora@school.example', name: 'Nora New', role: 'student', emailVerified: true, locale: 'de' },
    );
    const rows = await runSql(server.open.deps.db, 'select password_hash from app_user where id = $1', [
      first.user.id,
    ]);
    assert.deepEqual(rows, [{ password_hash: null }]);
    const second = await signOnWholly(server, 'school', 'new');
    assert.equal(second.user.id, first.user.id);
    const linked = (await eventsOf(server, 'identity.linked')) as { userId: string; isNewAccount: boolean }[];
    assert.deepEqual(
      linked.filter(({ userId }) => userId === first.user.id).map(({ isNewAccount }) => isNewAccount),
      [true],
    );
  });

  test('a code is good once, for its verifier alone, and for a minute', async () => {
    const exchange = (code: string | undefined, codeVerifier: string) =>
      server.post('/auth/login/exchanges', { code, codeVerifier });
    const once = await signOn(server, 'school', 'new');
    const answer = await exchange(once.code, once.codeVerifier);
    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.headers.get('cache-control'), 'no-store');
    const again = await exchange(once.code, once.codeVerifier);
    assert.deepEqual([again.status, again.body.code], [401, 'login_code_invalid']);
    // Login CSRF: a code that somebody else had given to them is worth nothing to a front end that did not begin it.
    const stolen = await signOn(server, 'school', 'new');
    assert.equal((await exchange(stolen.code, 'another-verifier')).status, 401);
    assert.equal((await exchange(stolen.code, stolen.codeVerifier)).status, 401, 'used up by the attempt');
    const late = await signOn(server, 'school', 'new');
    server.clock.advance({ seconds: 61 });
    assert.equal((await exchange(late.code, late.codeVerifier)).status, 401);
  });

  test('an account is linked where both sides have proved the address and the domain is the provider’s', async () => {
    const lea = await makeAccount(server, { name: 'Lea', role: 'instructor', email: 'lea@school.example' });
    const { user } = await signOnWholly(server, 'school', 'linked');
    assert.deepEqual([user.id, user.name, user.role], [lea.id, 'Lea', 'instructor']);
    await server.runJobs();
    const told = `select user_id as id, params ->> 'what' as what from mail where kind = 'accountAccess'`;
    const linked = { id: lea.id, what: 'identityLinked' };
    assert.deepEqual(
      await runSql(server.open.deps.db, told),
      [linked],
      'its owner is told, and nobody of a new account',
    );
  });

  test('takeover by an unverified address: neither the provider’s nor ours is enough', async () => {
    await makeAccount(server, { name: 'Ulf', role: 'admin', email: 'ulf@school.example' });
    assert.equal((await signOn(server, 'school', 'unproven')).error, 'email_not_allowed');
    const ute = await makeAccount(server, { name: 'Ute', role: 'student', email: 'ute@school.example' });
    await runSql(server.open.deps.db, 'update app_user set email_verified_at = null where id = $1', [ute.id]);
    assert.equal((await signOn(server, 'school', 'unprovenHere')).error, 'email_taken');
  });

  test('an address of another domain is let in by no provider that has domains', async () => {
    await makeAccount(server, { name: 'Otto', role: 'admin', email: 'otto@elsewhere.example' });
    assert.equal((await signOn(server, 'school', 'outsider')).error, 'email_not_allowed');
  });

  test('who was deactivated is refused, linked or not', async () => {
    const { user } = await signOnWholly(server, 'school', 'gone');
    await server.delete(`/users/${user.id}`, admin.token);
    assert.equal((await signOn(server, 'school', 'gone')).error, 'account_deactivated');
  });

  test('who is suspended is refused, and told that it is that', async () => {
    const { user } = await signOnWholly(server, 'school', 'away');
    await server.put(`/users/${user.id}/suspension`, { reason: 'For a while' }, admin.token);
    assert.equal((await signOn(server, 'school', 'away')).error, 'account_suspended');
    await server.delete(`/users/${user.id}/suspension`, admin.token);
    await signOnWholly(server, 'school', 'away');
  });

  test('a person who gives up at the provider is led back with that', async () => {
    assert.equal((await signOn(server, 'school', 'nobody')).error, 'provider_refused');
  });

  test('a second factor here is asked for, unless the provider says that one was used', async () => {
    const first = await signOnWholly(server, 'school', 'leaving');
    const app = await addApp(server, first.accessToken);
    const half = await signOnWholly(server, 'school', 'leaving');
    assert.equal(half.result, 'mfaRequired');
    const { challengeToken } = half;
    const done = await server.post('/auth/login/challenges', {
      challengeToken,
      method: 'totp',
      code: app.next(),
    });
    assert.equal(done.status, 200, done.text);
    const strong = await signOnWholly(server, 'school', 'strong');
    await addApp(server, strong.accessToken);
    assert.equal((await signOnWholly(server, 'school', 'strong')).result, 'signedIn');
    const methods = await runSql(
      server.open.deps.db,
      `select methods, external_sign_in_id is not null as by_provider from session where user_id = $1
        order by created_at desc, id desc limit 1`,
      [first.user.id],
    );
    assert.deepEqual(methods, [{ methods: ['provider', 'totp'], by_provider: true }]);
  });

  test('logging out tells where to log out at the provider, with its own token as a hint', async () => {
    const { accessToken } = await signOnWholly(server, 'school', 'new');
    const answer = await server.post('/auth/logout', undefined, accessToken);
    assert.equal(answer.status, 200, answer.text);
    const url = new URL(answer.body.endSessionUrl);
    assert.equal(url.origin, idp.issuer);
    assert.equal(url.searchParams.get('client_id'), 'lms');
    assert.equal((await server.get('/me', accessToken)).status, 401);
  });

  test('an exchange may end in cookies, and logging out by them leads to the provider as well', async () => {
    const { code, codeVerifier } = await signOn(server, 'school', 'new');
    const page = createPage(server);
    const exchange = { code, codeVerifier, session: 'cookie' };
    const { status, body } = await page.call('POST', '/auth/login/exchanges', exchange);
    assert.deepEqual([status, body.result, body.accessToken], [200, 'signedIn', undefined]);
    assert.equal((await page.call('GET', '/me')).body.id, body.user.id);
    await page.askForToken();
    const left = await page.call('POST', '/auth/logout');
    assert.equal(new URL(left.body.endSessionUrl).origin, idp.issuer);
    assert.equal(page.jar.size, 0);
  });

  test('people see their links, and remove one where another way to sign in is left', async () => {
    const { accessToken, user } = await signOnWholly(server, 'school', 'linked');
    const listed = await server.get('/me/identities', accessToken);
    assert.equal(listed.body.items.length, 1);
    assert.equal(listed.body.items[0].provider.key, 'school');
    const path = `/me/identities/${listed.body.items[0].id}`;
    const last = await server.delete(path, accessToken);
    assert.deepEqual([last.status, last.body.code], [409, 'last_sign_in_way']);
    await server.patch(`/users/${user.id}`, { password: 'ash-and-elder-39' }, admin.token);
    const { accessToken: fresh } = await signOnWholly(server, 'school', 'linked');
    assert.equal((await server.delete(path, fresh)).status, 204);
    assert.equal((await server.get('/me', fresh)).status, 401, 'sessions that came by it end');
    assert.equal((await eventsOf(server, 'identity.unlinked')).length, 1);
  });

  test('a provider that a thief of the account linked by another address goes with that address, and older links stay', async () => {
    const { deps } = server.open;
    const kept = await signOnWholly(server, 'school', 'strong');
    const stolen = await makeAccount(server, { name: 'Vic', role: 'student', email: 'vic@mail.example' });
    // As where an admin chose the first password: the link takes away what may be another's, but not the way to undo.
    await runSql(deps.db, 'update app_user set own_since = null where id = $1', [stolen.id]);
    server.clock.advance({ seconds: 1 });
    const ask = (token: string, email: string) => server.post('/me/email-changes', { email }, token);
    assert.equal((await ask(stolen.token, 'thea@school.example')).status, 202);
    const { confirmToken, undoToken } = await linksOfChange(server, stolen.id);
    assert.equal((await server.put(`/auth/email-changes/${confirmToken}`)).status, 204);
    const thief = await signOnWholly(server, 'school', 'thief');
    assert.equal(thief.user.id, stolen.id);
    const waiting = await signOn(server, 'school', 'thief');
    await server.runJobs();
    const told = `select params ->> 'to' as to from mail where kind = 'accountAccess' and user_id = $1 order by cause`;
    assert.deepEqual(await runSql(deps.db, told, [stolen.id]), [{ to: null }, { to: 'old' }]);
    assert.equal((await server.delete(`/auth/email-changes/${undoToken}`)).status, 204);
    assert.equal((await server.get('/me', thief.accessToken)).status, 401);
    const { code, codeVerifier } = waiting;
    assert.equal((await server.post('/auth/login/exchanges', { code, codeVerifier })).status, 401);
    const again = await signOnWholly(server, 'school', 'thief');
    assert.notEqual(again.user.id, stolen.id, 'another account');
    const unlinked = `select actor_id from audit_entry where action = 'identity.unlinked' and target_id = $1`;
    assert.deepEqual(await runSql(deps.db, unlinked, [stolen.id]), [{ actor_id: stolen.id }]);
    assert.equal((await ask(kept.accessToken, 'sam-too@school.example')).status, 202);
    const mine = await linksOfChange(server, kept.user.id);
    assert.equal((await server.delete(`/auth/email-changes/${mine.undoToken}`)).status, 204);
    const { user } = await signOnWholly(server, 'school', 'strong');
    assert.equal(user.id, kept.user.id);
  });

  test('roles and groups follow the groups of the provider; what was given by hand stays', async () => {
    const { id: groupId } = (await server.post('/groups', { name: 'Staff' }, admin.token)).body;
    const { id: roleId } = (await server.post('/roles', { name: 'Keys', permissions: [] }, admin.token)).body;
    const provider = (await server.get('/admin/sso/providers', admin.token)).body.items[0];
    const map = (groupMappings: unknown[]) =>
      server.patch(`/admin/sso/providers/${provider.id}`, { groupMappings }, admin.token);
    const mapped = await map([
      { value: 'teachers', role: 'instructor' },
      { value: 'staff', groupId, customRoleId: roleId },
      { value: 'heads', role: 'admin' },
    ]);
    assert.equal(mapped.status, 200, mapped.text);
    const first = await signOnWholly(server, 'school', 'teacher');
    assert.equal(first.user.role, 'instructor');
    const membersOf = async (path: string) =>
      (await server.get(path, admin.token)).body.items.map((each: { user: { id: string } }) => each.user.id);
    assert.deepEqual(await membersOf(`/groups/${groupId}/members`), [first.user.id]);
    assert.deepEqual(await membersOf(`/roles/${roleId}/members`), [first.user.id]);
    // No longer of them: what the sign-in gave goes.
    await map([]);
    assert.equal((await signOnWholly(server, 'school', 'teacher')).user.role, 'student');
    assert.deepEqual(await membersOf(`/groups/${groupId}/members`), []);
    assert.deepEqual(await membersOf(`/roles/${roleId}/members`), []);
    // By hand: stays, whatever the provider says afterwards.
    await server.put(`/groups/${groupId}/members/${first.user.id}`, undefined, admin.token);
    await server.patch(`/users/${first.user.id}`, { role: 'instructor' }, admin.token);
    await map([
      { value: 'staff', groupId },
      { value: 'teachers', role: 'instructor' },
    ]);
    await signOnWholly(server, 'school', 'teacher');
    await map([]);
    assert.equal((await signOnWholly(server, 'school', 'teacher')).user.role, 'instructor');
    assert.deepEqual(await membersOf(`/groups/${groupId}/members`), [first.user.id]);
  });

  test('a provider that is away leads back with an error, at the beginning and at the end', async () => {
    await addProvider(server, admin, { key: 'away', issuer: 'http://127.0.0.1:9', createsAccounts: true });
    const browser = createBrowser(server);
    const begun = await begin(browser, server, 'away', { returnTo: '/home' });
    assert.equal(begun.status, 302);
    assert.deepEqual(fragmentOf(begun.location), { error: 'provider_unavailable' });
    assert.deepEqual(begun.cookies, []);
  });

  test('sign-in pages list who is active, and where a button leads, alone', async () => {
    const provider = (await server.get('/admin/sso/providers?sort=createdAt', admin.token)).body.items[0];
    const away = (await server.get('/admin/sso/providers', admin.token)).body.items[0];
    await server.patch(`/admin/sso/providers/${away.id}`, { isActive: false }, admin.token);
    const listed = await server.get('/auth/oidc/providers');
    const { publicUrl } = server.open.deps.config;
    const startUrl = `${publicUrl}/api/v1/auth/oidc/${provider.key}/start`;
    assert.deepEqual(listed.body.items, [
      { key: provider.key, name: 'The school', protocol: 'oidc', startUrl },
    ]);
    assert.equal((await begin(createBrowser(server), server, 'away')).status, 404);
  });

  // The last one: the clock goes on, and with it all tokens of before.
  test('giving up a provider wants a sign-in of late', async () => {
    const { accessToken, refreshToken } = await signOnWholly(server, 'school', 'linked');
    const [identity] = (await server.get('/me/identities', accessToken)).body.items;
    server.clock.advance({ minutes: 16 });
    const { body } = await server.post('/auth/refresh', { refreshToken });
    const late = await server.delete(`/me/identities/${identity.id}`, body.accessToken);
    assert.deepEqual([late.status, late.body.code], [403, 'step_up_required']);
  });

  test('the client secret is told to nobody and stands sealed in the database', async () => {
    const { text } = await server.get('/admin/sso/providers', admin.token);
    assert.ok(!text.includes('a-secret-of-the-client'));
    const rows = await runSql(
      server.open.deps.db,
      `select client_secret from sso_provider where key = 'school'`,
    );
    const [{ client_secret: sealed }] = rows as [{ client_secret: Buffer }];
    assert.ok(!sealed.includes('a-secret-of-the-client'));
  });
});
