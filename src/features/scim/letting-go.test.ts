import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { endDueSuspensions } from '#features/identity/commands/suspension.ts';
import { purgeSuspensions } from '#features/identity/queries/suspensions.ts';
import { openSession } from '#test/factors.ts';
import type { TestServer } from '#test/server.ts';
import {
  assertScimError,
  bring,
  connect,
  makeAccount,
  newUser,
  patch,
  rowsOf,
  startScimServer,
  type Account,
  type Directory,
} from './scim-testing.ts';

suite('letting go of people by SCIM', () => {
  let server: TestServer;
  let admin: Account;
  let directory: Directory;
  before(async () => {
    ({ server, admin } = await startScimServer());
    directory = await connect(server, admin);
  });
  after(() => server?.stop());

  const accountOf = async (id: string) => (await server.get(`/users/${id}`, admin.token)).body;
  const change = (id: string, ...operations: object[]) =>
    directory.send('PATCH', `/Users/${id}`, patch(...operations));

  test('a directory ends no suspension: whom it lets go and takes back is suspended again while that lasts', async () => {
    const { db } = server.open.deps;
    const setActive = async (id: string, value: boolean) => {
      const { status, text } = await change(id, { op: 'replace', path: 'active', value });
      assert.equal(status, 200, text);
      return (await accountOf(id)).status;
    };
    const suspended = async (endsAt: string | null) => {
      const sent = newUser();
      const { id } = (await directory.send('POST', '/Users', sent)).body;
      await server.put(`/users/${id}/suspension`, { reason: 'For a while', endsAt }, admin.token);
      return { id, sent };
    };
    const endsAt = new Date(server.clock.now().getTime() + 60_000).toISOString();
    const { id } = await suspended(endsAt);
    const read = () => server.get(`/users/${id}/suspension`, admin.token);
    const before = (await read()).body;
    assert.equal(await setActive(id, true), 'suspended');
    assert.equal(await setActive(id, false), 'deactivated');
    assert.deepEqual((await read()).body, { ...before, isKept: true });
    await purgeSuspensions(db, server.clock.now());
    const told = () =>
      rowsOf(server, `select 1 from event where type = 'user.suspended' and data ->> 'userId' = $1`, [id]);
    assert.equal((await told()).length, 1);
    assert.equal(await setActive(id, true), 'suspended');
    assert.deepEqual((await read()).body, before);
    assert.equal((await told()).length, 2, 'they are mailed that it is in force again');
    assert.equal(await setActive(id, false), 'deactivated');

    const { id: goneId, sent } = await suspended(null);
    assert.equal((await directory.send('DELETE', `/Users/${goneId}`)).status, 204);
    assert.equal((await accountOf(goneId)).status, 'deactivated');
    assert.equal((await directory.send('POST', '/Users', sent)).body.id, goneId);
    assert.equal((await accountOf(goneId)).status, 'suspended');

    const { id: freedId } = await suspended(null);
    await setActive(freedId, false);
    await server.patch(`/users/${freedId}`, { status: 'active' }, admin.token);
    for (const [value, standing] of [
      [true, 'active'],
      [false, 'deactivated'],
      [true, 'active'],
    ] as const)
      assert.equal(await setActive(freedId, value), standing, 'what was ended by hand does not come back');

    server.clock.advance({ minutes: 2 });
    await endDueSuspensions(server.open.deps);
    assert.equal((await accountOf(id)).status, 'deactivated', 'no end of it lets in who was let go');
    assert.equal((await read()).status, 404, 'over by time');
    await purgeSuspensions(db, server.clock.now());
    const left = await rowsOf(server, 'select user_id from suspension where user_id in ($1, $2, $3)', [
      id,
      goneId,
      freedId,
    ]);
    assert.deepEqual(left, [{ user_id: goneId }]);
    assert.equal(await setActive(id, true), 'active');
  });

  test('an admin ends a suspension that is kept: who was let go stays so, hears nothing, and is active when taken back', async () => {
    const sent = newUser();
    const { id } = (await directory.send('POST', '/Users', sent)).body;
    const path = `/users/${id}/suspension`;
    const { body } = await server.put(path, { reason: 'For a while' }, admin.token);
    assert.equal(body.isKept, false);
    assert.equal((await directory.send('DELETE', `/Users/${id}`)).status, 204);
    assert.deepEqual((await server.get(path, admin.token)).body, { ...body, isKept: true });
    assert.equal(
      (await server.put(path, { reason: 'Longer' }, admin.token)).body.code,
      'account_deactivated',
    );
    assert.equal((await server.delete(path, admin.token)).status, 204);
    assert.equal((await server.delete(path, admin.token)).status, 404);
    assert.equal((await server.get(path, admin.token)).status, 404);
    assert.equal((await accountOf(id)).status, 'deactivated');
    const said = await rowsOf(
      server,
      `select 1 from event where type = 'user.suspension_ended' and data ->> 'userId' = $1`,
      [id],
    );
    assert.deepEqual(said, [], 'nobody is told that they are let in');
    const entries = await server.get(
      `/admin/audit-events?personId=${id}&action=user.suspension_ended`,
      admin.token,
    );
    assert.equal(entries.body.items.length, 1);
    assert.equal((await directory.send('POST', '/Users', sent)).body.id, id);
    assert.equal((await accountOf(id)).status, 'active');
  });

  test('letting go of somebody depends on nothing else: not on an address of their own, nor on one that is taken', async () => {
    const brought = async (fields: object = {}) => {
      const sent = newUser(fields);
      const { id } = (await directory.send('POST', '/Users', sent)).body;
      return { sent, id };
    };
    const takeAddress = (id: string, email: string) =>
      rowsOf(
        server,
        'update app_user set email = $2, email_key = $2, email_verified_at = now() where id = $1',
        [id, email],
      );
    const standingOf = async (id: string) => {
      const { status, email } = await accountOf(id);
      return [status, email];
    };
    for (const fields of [{}, { emails: [] }]) {
      const { id, sent } = await brought(fields);
      const own = `me-${sent.userName.replace('school.example', 'elsewhere.example')}`;
      await takeAddress(id, own);
      const renamed = await change(id, { op: 'replace', path: 'displayName', value: 'Renamed' });
      assert.equal(renamed.status, 200, renamed.text);
      assert.deepEqual(await standingOf(id), ['active', own], 'a PATCH of something else leaves it alone');
      const off = await change(id, { op: 'replace', path: 'active', value: false });
      assert.deepEqual([off.status, off.body.active], [200, false], off.text);
      assert.deepEqual(await standingOf(id), ['deactivated', own]);
    }

    // The freed address is a second account's, which the directory does not know.
    const { id, sent } = await brought();
    const own = `other-${sent.userName.replace('school.example', 'elsewhere.example')}`;
    await takeAddress(id, own);
    const second = await makeAccount(server, 'student', sent.userName);
    assertScimError(await directory.send('PUT', `/Users/${id}`, sent), 409, 'uniqueness');
    const taken = (await bring(directory)).userName;
    const token = await openSession(server, id);
    for (const said of [
      { displayName: 'Gone' },
      { userName: taken },
      { emails: [{ value: 'a@outside.example' }] },
    ]) {
      const off = await directory.send('PUT', `/Users/${id}`, { ...sent, ...said, active: false });
      assert.equal(off.status, 200, off.text);
      assert.deepEqual([off.body.active, off.body.userName], [false, sent.userName]);
      assert.deepEqual(await standingOf(id), ['deactivated', own]);
    }
    assert.equal((await server.get('/me', token)).status, 401);
    assert.equal((await accountOf(second.id)).status, 'active');
    const outside = { op: 'replace', path: 'emails[type eq "work"].value', value: 'a@outside.example' };
    const both = await brought();
    const off = await change(both.id, outside, { op: 'replace', path: 'active', value: false });
    assert.equal(off.status, 200, off.text);
    assert.deepEqual(await standingOf(both.id), ['deactivated', both.sent.userName]);
    assertScimError(
      await change(both.id, outside, { op: 'replace', path: 'active', value: true }),
      400,
      'invalidValue',
    );
    assert.deepEqual(await standingOf(both.id), ['deactivated', both.sent.userName]);
  });
});
