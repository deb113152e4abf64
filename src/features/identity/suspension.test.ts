import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Person } from '#test/client.ts';
import { follow } from '#test/event-stream.ts';
import { addApp, addPasskey, beginLogin, makeMember, ok, openSession } from '#test/factors.ts';
import { mailedToken } from '#test/mailed-token.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { beginSession } from './commands/sign-in.ts';
import { endDueSuspensions } from './commands/suspension.ts';

suite('suspension', () => {
  let server: TestServer;
  let other: TestServer;
  let admin: Person;
  before(async () => {
    server = await startTestServer();
    other = await startTestServer({ databaseUrl: server.open.deps.config.databaseUrl ?? '' });
    admin = await makePerson(server, 'admin');
  });
  after(async () => {
    await other.stop();
    await server.stop();
  });

  const suspend = (id: string, body: object = {}, token = admin.token) =>
    server.put(`/users/${id}/suspension`, { reason: 'The fee is not paid', ...body }, token);
  const lift = (id: string, token = admin.token) => server.delete(`/users/${id}/suspension`, token);
  const standing = async (id: string) => (await server.get(`/users/${id}`, admin.token)).body.status;
  const login = ({ email, password }: Person) => server.post('/auth/login', { email, password });
  const pass = async (time: { days: number }) => {
    server.clock.advance(time);
    admin = { ...admin, token: await openSession(server, admin.id) };
  };
  const inDays = (days: number) => new Date(server.clock.now().getTime() + days * 86_400_000).toISOString();

  test('it stops access token, refresh token, API key, login challenge and stream at once, on every node; records stay', async () => {
    const person = await makePerson(server, 'student');
    const { key } = ok(
      await server.post('/me/api-keys', { name: 'Program', scopes: ['courses:read'] }, person.token),
    );
    await addApp(server, person.token);
    const challengeToken = await beginLogin(server, person.id);
    const { token, refreshToken } = await sessionOf(person);
    const stream = await follow(server.baseUrl, { token });
    await stream.take('ready');
    assert.equal((await other.get('/courses', key as string)).status, 200);

    assert.equal((await suspend(person.id)).status, 200);
    for (const node of [server, other]) {
      assert.equal((await node.get('/me', token)).status, 401);
      assert.equal((await node.get('/courses', key as string)).status, 401);
    }
    assert.equal((await server.post('/auth/refresh', { refreshToken })).body.code, 'refresh_token_invalid');
    const completed = await server.post('/auth/login/challenges', {
      challengeToken,
      method: 'totp',
      code: '000000',
    });
    assert.equal(completed.body.code, 'challenge_invalid');
    await waitFor('the stream ends', async () => stream.isEnded());

    assert.equal((await lift(person.id)).status, 204);
    assert.equal((await server.get('/courses', key as string)).status, 200);
    assert.equal((await server.get('/me', token)).status, 401, 'an ended session never comes back');
  });

  test('only the right password hears of it, with what is to be told', async () => {
    const person = await makePerson(server, 'student');
    const endsAt = inDays(3);
    await suspend(person.id, { endsAt });
    const wrong = await login({ ...person, password: 'not-the-password' });
    const unknown = await login({ ...person, email: 'nobody@example.com' });
    assert.deepEqual([wrong.status, wrong.body.code], [401, 'invalid_credentials']);
    assert.deepEqual({ ...wrong.body, requestId: '' }, { ...unknown.body, requestId: '' });
    const right = await login(person);
    assert.deepEqual([right.status, right.body.code], [403, 'account_suspended']);
    assert.deepEqual(right.body.errors[0].params, { endsAt, reason: null });
    await suspend(person.id, { endsAt, isReasonTold: true });
    assert.equal((await login(person)).body.errors[0].params.reason, 'The fee is not paid');
    await lift(person.id);
    assert.equal((await login(person)).status, 200);
  });

  test('no way around it: reset token, invitation, passkey, a new token by mail', async () => {
    const member = await makeMember(server);
    const passkey = await addPasskey(server, member.token);
    const person = await makePerson(server, 'student');
    const token = await mailedToken(server, 'passwordReset', person.id);
    for (const { id } of [member, person]) await suspend(id);
    const reset = await server.put(`/auth/password-resets/${token}`, { password: 'rowan-and-yew-52' });
    assert.deepEqual([reset.status, reset.body.code], [400, 'email_token_invalid']);
    assert.equal(
      (await server.post(`/users/${person.id}/invitation`, {}, admin.token)).body.code,
      'account_suspended',
    );

    const byPasskey = async (of = passkey) => {
      const { options } = ok(await server.post('/auth/login/passkey-options', {}));
      const credential = of.assert(options as Parameters<typeof of.assert>[0]);
      return server.post('/auth/login/challenges', { method: 'passkey', credential });
    };
    const shown = await byPasskey();
    assert.deepEqual([shown.status, shown.body.code], [403, 'account_suspended'], shown.text);
    await server.delete(`/users/${member.id}`, admin.token);
    assert.equal((await byPasskey()).body.code, 'factor_refused', 'the deactivated hear nothing');
  });

  test('saying it again changes why and until when, not since when; the same again changes nothing', async () => {
    const { id } = await makeMember(server);
    const first = await suspend(id);
    server.clock.advance({ minutes: 1 });
    const second = await suspend(id, { reason: 'Another', endsAt: inDays(1) });
    assert.equal(second.body.suspendedAt, first.body.suspendedAt);
    assert.deepEqual((await server.get(`/users/${id}/suspension`, admin.token)).body, second.body);
    const versionOf = async () => (await server.get(`/users/${id}`, admin.token)).headers.get('etag');
    const before = await versionOf();
    await suspend(id, { reason: 'Another', endsAt: second.body.endsAt });
    assert.equal(await versionOf(), before);
    const past = await suspend(id, { endsAt: inDays(-1) });
    assert.deepEqual([past.status, past.body.errors[0].path], [400, '/endsAt']);
    await lift(id);
  });

  test('it ends by its time, once, and not before; one that was made longer goes on', async () => {
    const [short, longer] = [await makeMember(server), await makeMember(server)];
    await suspend(short.id, { endsAt: inDays(1) });
    await suspend(longer.id, { endsAt: inDays(1) });
    assert.equal(await endDueSuspensions(server.open.deps), 0);
    await suspend(longer.id, { endsAt: inDays(2) });
    await pass({ days: 1 });
    assert.equal(await endDueSuspensions(server.open.deps), 1);
    assert.equal(await endDueSuspensions(server.open.deps), 0);
    assert.deepEqual([await standing(short.id), await standing(longer.id)], ['active', 'suspended']);
  });

  test('the table of states: deactivating ends a suspension, activating too, the deactivated are not suspended', async () => {
    const { id } = await makeMember(server);
    const path = `/users/${id}`;
    const patch = (status: string) => server.patch(path, { status }, admin.token);
    await suspend(id);
    assert.equal(await standing(id), 'suspended');
    assert.equal((await patch('suspended')).status, 400);
    await patch('deactivated');
    assert.equal(await standing(id), 'deactivated');
    assert.equal((await suspend(id)).body.code, 'account_deactivated');
    assert.equal((await lift(id)).status, 404);
    await patch('active');
    await suspend(id, { endsAt: inDays(1) });
    await patch('active');
    assert.equal(await standing(id), 'active');
    assert.equal((await server.get(`${path}/suspension`, admin.token)).status, 404);
  });

  test('lists tell the suspended from the deactivated', async () => {
    const [active, suspended, deactivated] = [
      await makeMember(server),
      await makeMember(server),
      await makeMember(server),
    ];
    await suspend(suspended.id);
    await server.delete(`/users/${deactivated.id}`, admin.token);
    const wanted = { active, suspended, deactivated };
    for (const [status, { id }] of Object.entries(wanted)) {
      const { items } = (await server.get(`/users?status=${status}&limit=100`, admin.token)).body;
      const ids = new Set(items.map((each: { id: string }) => each.id));
      assert.ok(ids.has(id), status);
      assert.ok(
        Object.values(wanted).every((each) => each.id === id || !ids.has(each.id)),
        status,
      );
    }
  });

  test('code that knows no suspensions sees the deactivated, and what it makes of them holds', async () => {
    const { db } = server.open.deps;
    const { id } = await makeMember(server);
    const told = async () => {
      const [row] = await runSql<{ status: string }>(db, 'select status from app_user where id = $1', [id]);
      return [row?.status, await standing(id)];
    };
    await suspend(id, { endsAt: inDays(1) });
    assert.deepEqual(await told(), ['deactivated', 'suspended']);
    const later = new Date(server.clock.now().getTime() + 1);
    await runSql(db, 'update app_user set deactivated_at = $2 where id = $1', [id, later]);
    assert.deepEqual(await told(), ['deactivated', 'deactivated']);
    await pass({ days: 2 });
    await endDueSuspensions(server.open.deps);
    assert.deepEqual(
      await told(),
      ['deactivated', 'deactivated'],
      'an end that counts no more lets nobody in',
    );
    await runSql(db, 'update app_user set deactivated_at = null where id = $1', [id]);
    assert.deepEqual(await told(), ['active', 'active']);
  });

  test('who manages people by a custom role suspends no admin, and lets none in again', async () => {
    const { token } = await makeDelegate();
    const boss = await makeMember(server, 'admin');
    assert.equal((await suspend(boss.id, {}, token)).body.code, 'permission_not_held');
    await suspend(boss.id);
    assert.equal((await lift(boss.id, token)).body.code, 'permission_not_held');
  });

  test('each step stands in the audit trail', async () => {
    const { id } = await makeMember(server);
    await suspend(id);
    await lift(id);
    const path = `/admin/audit-events?personId=${id}&action=user.suspended,user.suspension_ended`;
    const [ended, begun] = (await server.get(path, admin.token)).body.items;
    assert.deepEqual([ended.action, ended.actor.id], ['user.suspension_ended', admin.id]);
    const said = { endsAt: null, isReasonTold: false, reason: 'The fee is not paid' };
    assert.deepEqual([begun.after, ended.before], [said, said]);
  });

  async function makeDelegate() {
    const member = await makeMember(server);
    const role = { name: `Registrar ${member.id}`, permissions: ['users.manage'] };
    const { id } = ok(await server.post('/roles', role, admin.token));
    await server.put(`/roles/${id as string}/members/${member.id}`, undefined, admin.token);
    return member;
  }

  // Adding a factor has ended the first one.
  async function sessionOf({ id }: Person) {
    const { deps } = server.open;
    const { accessToken: token, refreshToken } = await inTransaction(deps.db, (tx) =>
      beginSession(deps, tx, { userId: id, userAgent: null, methods: ['totp'] }),
    );
    return { token, refreshToken };
  }
});

suite('suspending the last admin', () => {
  let server: TestServer;
  before(async () => void (server = await startTestServer()));
  after(() => server.stop());

  test('is refused, also when two suspend each other at the same time, and nobody suspends themselves', async () => {
    const one = await makeMember(server, 'admin');
    const suspend = (id: string, token: string) =>
      server.put(`/users/${id}/suspension`, { reason: 'Race' }, token);
    assert.equal((await suspend(one.id, one.token)).body.code, 'last_admin');
    const two = await makeMember(server, 'admin');
    assert.equal((await suspend(one.id, one.token)).body.code, 'forbidden');
    const answers = await Promise.all([suspend(two.id, one.token), suspend(one.id, two.token)]);
    const [row] = await runSql<{ count: number }>(
      server.open.deps.db,
      `select count(*)::int as count from app_user where role = 'admin' and deactivated_at is null`,
      [],
    );
    assert.equal(row?.count, 1, answers.map(({ text }) => text).join('\n'));
  });
});
