import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { addApp, addPasskey, openSession } from '#test/factors.ts';
import { linksOfChange, mailedToken } from '#test/mailed-token.ts';
import type { TestServer } from '#test/server.ts';
import {
  startIdentityProvider,
  type IdentityProvider,
  type ProviderPerson,
} from '#test/sso/identity-provider.ts';
import { addProvider, signOn, signOnWholly, startSsoServer, type Admin } from './sso-testing.ts';

const password = 'rowan-and-yew-52';
const of = (name: string): ProviderPerson => ({
  name,
  email: `${name}@school.example`,
  email_verified: true,
  groups: ['heads'],
});
const people: Record<string, ProviderPerson> = {
  head: of('head'),
  teacher: of('teacher'),
  moved: of('moved'),
  reset: of('reset'),
  given: of('given'),
  former: of('office'),
  next: of('office'),
  gone: of('gone'),
};

suite('accounts that somebody else has had in hand before their owner comes by a provider', () => {
  let server: TestServer;
  let admin: Admin;
  let manager: Admin;
  let idp: IdentityProvider;
  let providerId: string;
  before(async () => {
    ({ server, admin } = await startSsoServer());
    const redirectUri = `${server.open.deps.config.publicUrl}/api/v1/auth/oidc/school/callback`;
    const client = { clientId: 'lms', clientSecret: 'a-secret-of-the-client', redirectUri };
    idp = await startIdentityProvider({ people, client });
    const provider = await addProvider(server, admin, {
      key: 'school',
      issuer: idp.issuer,
      scopes: ['openid', 'email', 'profile', 'groups'],
      emailDomains: ['school.example'],
      createsAccounts: true,
      groupMappings: [{ value: 'heads', role: 'admin' }],
    });
    providerId = provider.id;
    const { id } = await server.registerStudent('Manager');
    const role = await server.post('/roles', { name: 'Office', permissions: ['users.manage'] }, admin.token);
    assert.equal(
      (await server.put(`/roles/${role.body.id}/members/${id}`, undefined, admin.token)).status,
      204,
    );
    manager = { id, token: await openSession(server, id) };
  });
  after(async () => {
    await idp?.stop();
    await server?.stop();
  });

  const login = (email: string) => server.post('/auth/login', { email, password });
  const makeKey = async (token: string): Promise<string> => {
    const answer = await server.post('/me/api-keys', { name: 'Kept', scopes: ['users:read'] }, token);
    assert.equal(answer.status, 201, answer.text);
    return answer.body.key;
  };
  const statusOf = async (token: string, path = '/me') => (await server.get(path, token)).status;
  const keyOpens = async (key: string) => (await statusOf(key, '/users')) !== 401;
  const waysOf = async (id: string) => {
    const [row] = await runSql(
      server.open.deps.db,
      `select password_hash is not null as password, has_totp as app, has_passkey as passkey,
        (select count(*)::int from external_identity where user_id = app_user.id) as links,
        (select count(*)::int from login_challenge where user_id = app_user.id) as challenges
      from app_user where id = $1`,
      [id],
    );
    return row;
  };

  test('an account that was made ahead for an address leaves whoever made it no way in once its owner comes', async () => {
    const email = 'head@school.example';
    const made = await server.post('/users', { name: 'X', role: 'student', email, password }, manager.token);
    assert.equal(made.status, 201, made.text);
    const { id } = made.body;
    const session = (await login(email)).body.accessToken;
    const key = await makeKey(session);
    await addPasskey(server, session);
    await addApp(server, session);
    const another = await openSession(server, id);
    assert.equal((await login(email)).body.result, 'mfaRequired');
    const wanted = await server.post('/me/email-changes', { email: 'x@evil.example' }, session);
    assert.ok(wanted.status < 300, wanted.text);
    assert.ok(await keyOpens(key));

    const { user, result } = await signOnWholly(server, 'school', 'head');
    assert.deepEqual([result, user.id, user.role], ['signedIn', id, 'admin']);
    assert.equal((await login(email)).status, 401, 'its password');
    assert.equal(await keyOpens(key), false, 'its key');
    assert.deepEqual([await statusOf(session), await statusOf(another)], [401, 401], 'its sessions');
    const ways = { password: false, app: false, passkey: false, links: 1, challenges: 0 };
    assert.deepEqual(await waysOf(id), ways);
    const waiting = 'select from email_change where user_id = $1 and ended_at is null';
    assert.deepEqual(
      await runSql(server.open.deps.db, waiting, [id]),
      [],
      'the change of address it waits for',
    );
    const told = await server.get(`/admin/audit-events?targetId=${id}&action=user.ways_removed`, admin.token);
    assert.equal(told.body.items.length, 1);
    await server.runJobs();
    const mails = `select params ->> 'what' as what from mail where user_id = $1 and kind = 'secondFactors'
      and params ->> 'what' = 'waysRemoved'`;
    assert.equal((await runSql(server.open.deps.db, mails, [id])).length, 1, 'and its owner is told by mail');
  });

  test('whoever gives an account another address, or a password, keeps no way into it either', async () => {
    const { id } = await server.registerStudent('Moved');
    const key = await makeKey(await openSession(server, id));
    const email = 'moved@school.example';
    const moved = await server.patch(`/users/${id}`, { email, password }, manager.token);
    assert.equal(moved.status, 200, moved.text);
    await runSql(server.open.deps.db, 'update app_user set email_verified_at = now() where id = $1', [id]);
    assert.equal((await signOnWholly(server, 'school', 'moved')).user.id, id);
    assert.equal((await login(email)).status, 401);
    assert.equal(await keyOpens(key), false);
  });

  test('of an account that its owner took over by a reset, what was made before goes, and the password stays', async () => {
    const email = 'reset@school.example';
    const body = { name: 'R', role: 'student', email, password: 'elm-and-hazel-81' };
    const { id } = (await server.post('/users', body, manager.token)).body;
    const key = await makeKey(await openSession(server, id));
    server.clock.advance({ seconds: 5 });
    const token = await mailedToken(server, 'passwordReset', id);
    assert.equal((await server.put(`/auth/password-resets/${token}`, { password })).status, 204);
    const own = await makeKey(await openSession(server, id));
    assert.equal((await signOnWholly(server, 'school', 'reset')).user.id, id);
    assert.deepEqual([await keyOpens(key), await keyOpens(own)], [false, true]);
    assert.equal((await login(email)).status, 200);
  });

  test('whoever moved an account to its owner’s address cannot move it back once its owner has come and may do more', async () => {
    const first = 'mailbox-of-the-office@example.com';
    const body = { name: 'G', role: 'student', email: first, password };
    const { id } = (await server.post('/users', body, manager.token)).body;
    const { accessToken } = (await login(first)).body;
    const wanted = { email: 'given@school.example' };
    assert.equal((await server.post('/me/email-changes', wanted, accessToken)).status, 202);
    const { confirmToken, undoToken } = await linksOfChange(server, id);
    assert.equal((await server.put(`/auth/email-changes/${confirmToken}`)).status, 204);
    const { user } = await signOnWholly(server, 'school', 'given');
    assert.deepEqual([user.id, user.role], [id, 'admin']);
    assert.equal((await server.delete(`/auth/email-changes/${undoToken}`)).status, 400);
  });

  test('who registered and confirmed the address keeps password, passkey, keys and sessions', async () => {
    const email = 'teacher@school.example';
    const { id, token } = await server.registerStudent('Teacher');
    await runSql(
      server.open.deps.db,
      'update app_user set email = $2, email_key = $2, email_verified_at = now() where id = $1',
      [id, email],
    );
    const key = await makeKey(token);
    await addPasskey(server, token);
    assert.equal((await signOnWholly(server, 'school', 'teacher')).user?.id ?? id, id);
    assert.deepEqual([await statusOf(token), await keyOpens(key)], [200, true]);
    const { password: hasPassword, passkey, links } = (await waysOf(id)) as Record<string, unknown>;
    assert.deepEqual([hasPassword, passkey, links], [true, true, 1]);
  });

  test('an address that was given to somebody else opens no account that another subject of the provider has', async () => {
    await signOnWholly(server, 'school', 'former');
    assert.equal((await signOn(server, 'school', 'next')).error, 'email_taken');
    const linked = `select from external_identity where subject = 'next'`;
    assert.deepEqual(await runSql(server.open.deps.db, linked), []);
  });

  test('what a mapping gave goes with the link, and with the provider', async () => {
    const roleOf = async (id: string) => (await server.get(`/users/${id}`, admin.token)).body.role;
    const gone = await signOnWholly(server, 'school', 'gone');
    assert.equal(gone.user.role, 'admin');
    const { id } = gone.user;
    const token = await mailedToken(server, 'passwordReset', id);
    await server.put(`/auth/password-resets/${token}`, { password });
    const { accessToken } = await signOnWholly(server, 'school', 'gone');
    const link = (await server.get('/me/identities', accessToken)).body.items[0];
    const unlinked = await server.delete(`/me/identities/${link.id}`, accessToken);
    assert.equal(unlinked.status, 204, unlinked.text);
    assert.equal(await roleOf(id), 'student');
    await signOnWholly(server, 'school', 'gone');
    assert.equal(await roleOf(id), 'admin');
    const removed = await server.delete(`/admin/sso/providers/${providerId}`, admin.token);
    assert.equal(removed.status, 204, removed.text);
    assert.equal(await roleOf(id), 'student');
  });
});
