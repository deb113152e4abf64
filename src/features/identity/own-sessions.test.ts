import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makeMember, makeStale } from '#test/factors.ts';
import { makePerson, signIn } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('sessions of one’s own', () => {
  let server: TestServer;
  before(async () => void (server = await startTestServer()));
  after(() => server.stop());

  test('each device is listed with how and when it signed in, the present one marked; one is ended by itself, at once', async () => {
    const person = await makePerson(server, 'student');
    const phone = await server.post(
      '/auth/login',
      { email: person.email, password: person.password },
      undefined,
      { 'user-agent': 'A phone' },
    );
    const list = async () => (await server.get('/me/sessions', person.token)).body.items;
    const [newest, first] = await list();
    assert.deepEqual([newest.userAgent, newest.isCurrent, newest.methods], ['A phone', false, ['password']]);
    assert.equal(first.isCurrent, true);
    const path = `/me/sessions/${newest.id}`;
    assert.deepEqual((await server.get(path, person.token)).body, newest);
    assert.equal((await server.delete(path, person.token)).status, 204);
    assert.equal((await server.get('/me', phone.body.accessToken)).status, 401);
    const renewed = await server.post('/auth/refresh', { refreshToken: phone.body.refreshToken });
    assert.equal(renewed.status, 401);
    assert.equal((await server.get('/me', person.token)).status, 200);
    assert.deepEqual(
      (await list()).map(({ id }: { id: string }) => id),
      [first.id],
    );
    for (const method of ['DELETE', 'GET'])
      assert.equal((await server.request(method, path, { token: person.token })).status, 404, method);
    assert.equal((await server.delete(`/me/sessions/${first.id}`, person.token)).status, 204);
    assert.equal((await server.get('/me', person.token)).status, 401);
  });

  test('all but the present one are ended together, by a sign-in of late', async () => {
    const person = await makePerson(server, 'student');
    const phone = await signIn(server, person.email, person.password);
    await makeStale(server, person.id);
    assert.equal((await server.delete('/me/sessions', person.token)).body.code, 'step_up_required');
    const stepUp = { method: 'password', password: person.password };
    const { accessToken } = (await server.post('/auth/step-up', stepUp, person.token)).body;
    assert.equal((await server.delete('/me/sessions', accessToken)).status, 204);
    assert.equal((await server.get('/me', phone.token)).status, 401);
    assert.equal((await server.get('/me', accessToken)).status, 200);
  });

  test('an admin signs a person out everywhere, who can sign in again; not one who may do more', async () => {
    const admin = await makePerson(server, 'admin');
    const clerk = await makeMember(server, 'instructor');
    const role = { name: 'Clerk', permissions: ['users.manage'] };
    const { id } = (await server.post('/roles', role, admin.token)).body;
    assert.equal((await server.put(`/roles/${id}/members/${clerk.id}`, {}, admin.token)).status, 204);
    const person = await makePerson(server, 'student');
    assert.equal((await server.delete(`/users/${person.id}/sessions`, clerk.token)).status, 204);
    assert.equal((await server.get('/me', person.token)).status, 401);
    assert.ok(await signIn(server, person.email, person.password));
    const refused = await server.delete(`/users/${admin.id}/sessions`, clerk.token);
    assert.equal(refused.body.code, 'permission_not_held');
    assert.equal((await server.get('/me', admin.token)).status, 200);
  });

  test('one ends after its longest time, however it is used, and that begins anew by showing who one is', async () => {
    const person = await makePerson(server, 'student');
    let { refreshToken, token } = person;
    const use = async (days: number) => {
      server.clock.advance({ days });
      const answer = await server.post('/auth/refresh', { refreshToken });
      if (answer.status === 200) ({ refreshToken, accessToken: token } = answer.body);
      return answer.status;
    };
    assert.deepEqual([await use(29), await use(29)], [200, 200]);
    const stepUp = { method: 'password', password: person.password };
    assert.equal((await server.post('/auth/step-up', stepUp, token)).status, 200);
    assert.deepEqual([await use(29), await use(29), await use(29)], [200, 200, 200], '58 days were before');
    assert.equal(await use(4), 401, '91 days');
  });

  test('nobody sees or ends the session of another, and what has expired is gone', async () => {
    const [one, other] = [await makePerson(server, 'student'), await makePerson(server, 'student')];
    const [own] = (await server.get('/me/sessions', one.token)).body.items;
    const path = `/me/sessions/${own.id}`;
    assert.equal((await server.delete(path, other.token)).status, 404);
    assert.equal((await server.get(path, other.token)).status, 404);
    assert.ok(!(await server.get('/me/sessions', other.token)).text.includes(own.id));
    assert.equal((await server.get('/me', one.token)).status, 200);
    server.clock.advance({ days: 31 });
    const { token } = await signIn(server, one.email, one.password);
    const { items } = (await server.get('/me/sessions', token)).body;
    assert.deepEqual([items.length, items[0].isCurrent], [1, true]);
    assert.equal((await server.get(path, token)).status, 404);
  });
});
