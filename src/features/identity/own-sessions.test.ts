import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
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
    assert.equal((await server.delete(path, person.token)).status, 204);
    assert.equal((await server.get('/me', phone.body.accessToken)).status, 401);
    const renewed = await server.post('/auth/refresh', { refreshToken: phone.body.refreshToken });
    assert.equal(renewed.status, 401);
    assert.equal((await server.get('/me', person.token)).status, 200);
    assert.deepEqual(
      (await list()).map(({ id }: { id: string }) => id),
      [first.id],
    );
    assert.equal((await server.delete(path, person.token)).status, 404);
    assert.equal((await server.delete(`/me/sessions/${first.id}`, person.token)).status, 204);
    assert.equal((await server.get('/me', person.token)).status, 401);
  });

  test('nobody sees or ends the session of another, and what has expired is gone', async () => {
    const [one, other] = [await makePerson(server, 'student'), await makePerson(server, 'student')];
    const [own] = (await server.get('/me/sessions', one.token)).body.items;
    assert.equal((await server.delete(`/me/sessions/${own.id}`, other.token)).status, 404);
    assert.ok(!(await server.get('/me/sessions', other.token)).text.includes(own.id));
    assert.equal((await server.get('/me', one.token)).status, 200);
    server.clock.advance({ days: 31 });
    const { token } = await signIn(server, one.email, one.password);
    const { items } = (await server.get('/me/sessions', token)).body;
    assert.deepEqual([items.length, items[0].isCurrent], [1, true]);
  });
});
