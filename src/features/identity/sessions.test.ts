import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

suite('sessions', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  test('registering makes a student who is signed in, whatever role is asked for', async () => {
    const account = { email: 'Ada@Example.com', password: 'a-long-pass-phrase', name: 'Ada' };
    const answer = await server.post('/auth/register', account);
    assert.equal(answer.status, 201, answer.text);
    assert.equal(answer.body.user.role, 'student');
    assert.equal((await server.get('/me', answer.body.accessToken)).body.email, 'Ada@Example.com');
    const asAdmin = await server.post('/auth/register', {
      ...account,
      email: 'b@example.com',
      role: 'admin',
    });
    assert.equal(asAdmin.status, 400);
    assert.equal(asAdmin.body.code, 'unknown_field');
  });

  test('an address is taken whatever its case', async () => {
    const account = { email: 'grace@example.com', password: 'a-long-pass-phrase', name: 'Grace' };
    assert.equal((await server.post('/auth/register', account)).status, 201);
    const again = await server.post('/auth/register', { ...account, email: 'GRACE@example.com' });
    assert.equal(again.status, 409);
    assert.equal(again.body.code, 'email_taken');
  });

  test('the line of a sign-in in the log names the person by id', async () => {
    const account = { email: 'line@example.com', password: 'a-long-pass-phrase', name: 'Line' };
    const { body } = await server.post('/auth/register', account);
    await server.post('/auth/login', { email: account.email, password: account.password });
    const routes = () =>
      server.log
        .filter(({ message, userId }) => message === 'request' && userId === body.user.id)
        .map(({ route }) => route);
    await waitFor('both lines', () => routes().length === 2);
    assert.deepEqual(routes(), ['/api/v1/auth/register', '/api/v1/auth/login']);
  });

  test('logging out stops the access token at once', async () => {
    const person = await server.registerStudent();
    assert.equal((await server.post('/auth/logout', undefined, person.token)).status, 204);
    assert.equal((await server.get('/me', person.token)).status, 401);
    const refreshed = await server.post('/auth/refresh', { refreshToken: person.refreshToken });
    assert.equal(refreshed.body.code, 'refresh_token_invalid');
  });

  test('refresh replay: a refresh token that comes a second time ends its session', async () => {
    const person = await server.registerStudent();
    const first = await server.post('/auth/refresh', { refreshToken: person.refreshToken });
    assert.equal(first.status, 200, first.text);
    const replay = await server.post('/auth/refresh', { refreshToken: person.refreshToken });
    assert.equal(replay.body.code, 'refresh_token_reused');
    assert.equal((await server.get('/me', first.body.accessToken)).status, 401);
    assert.equal((await server.post('/auth/refresh', { refreshToken: first.body.refreshToken })).status, 401);
    const lines = server.log.filter(({ message }) => String(message).startsWith('a used refresh token'));
    const { userId, requestId, sessionId } = lines[0] ?? {};
    assert.deepEqual([lines.length, userId, requestId], [1, person.id, replay.body.requestId]);
    assert.equal(typeof sessionId, 'string');
  });
});
