import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { isApiKey, newApiKey } from '#platform/auth/api-key.ts';
import { scopes } from '#platform/auth/scopes.ts';
import { runSql } from '#platform/db/database.ts';
import type { Person } from '#test/client.ts';
import { makePeople, makePerson, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('API keys', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const makeKey = async ({ token }: Person, wish: object = {}) => {
    const body = { name: 'Import', scopes: ['courses:read', 'courses:write'], ...wish };
    const answer = await server.post('/me/api-keys', body, token);
    assert.equal(answer.status, 201, answer.text);
    return answer.body as { id: string; key: string; hint: string; expiresAt: string };
  };
  const statusWith = async (key: string, path = '/courses') => (await server.get(path, key)).status;

  test('a key acts for its owner within its scopes, and is never good for more than they may do', async () => {
    const { key } = await makeKey(people.instructor);
    const made = await server.post('/courses', { title: 'By a program' }, key);
    assert.equal(made.status, 201);
    assert.equal((await server.get(`/courses/${made.body.id}`, people.instructor.token)).status, 200);
    const refused = await server.get('/me/enrollments', key);
    assert.deepEqual([refused.status, refused.body.code], [403, 'scope_required']);
    assert.deepEqual(refused.body.errors[0].params, { scope: 'enrollments:read' });
    const reader = await makeKey(people.instructor, { scopes: ['courses:read', 'users:read'] });
    assert.equal((await server.post('/courses', { title: 'No' }, reader.key)).body.code, 'scope_required');
    const users = await server.get('/users', reader.key);
    assert.deepEqual([users.status, users.body.code], [403, 'forbidden']);
  });

  test('where anyone may call, a key without the scope sees no more than it was made for', async () => {
    const { key } = await makeKey(people.instructor, { scopes: ['files:read'] });
    assert.equal((await server.get('/courses', key)).body.code, 'scope_required');
    assert.equal(await statusWith(key, '/health'), 200);
  });

  test('what is for persons is refused to any key: me, sessions, keys, news', async () => {
    const { key, id } = await makeKey(people.admin, { scopes });
    const calls: [method: string, path: string, body?: unknown][] = [
      ['GET', '/me'],
      ['PATCH', '/me', { name: 'X' }],
      ['GET', '/me/permissions'],
      ['GET', '/me/api-keys'],
      ['POST', '/me/api-keys', { name: 'Child', scopes: ['courses:read'] }],
      ['POST', `/me/api-keys/${id}/secret`],
      ['DELETE', `/me/api-keys/${id}`],
      ['GET', '/me/notifications'],
      ['POST', '/me/events/tickets'],
      ['POST', '/auth/logout'],
    ];
    for (const [method, path, body] of calls) {
      const { status, body: problem } = await server.request(method, path, { token: key, body });
      assert.deepEqual([status, problem.code], [403, 'person_required'], `${method} ${path}`);
    }
    assert.equal(await statusWith(key), 200);
  });

  test('every operation of the document asks a key for a scope, or is for persons alone', async () => {
    const { body } = await server.get('/openapi.json');
    const open = new Set([
      'Sign-in',
      'Me',
      'Second factors',
      'API keys',
      'Notifications',
      'Institution',
      'Single sign-on',
      'Acting as another',
    ]);
    for (const [path, methods] of Object.entries(body.paths as Record<string, Record<string, Operation>>)) {
      for (const [method, operation] of Object.entries(methods)) {
        const isForAll = operation.security?.length === 0;
        // Of SCIM: a directory has a token of its own.
        if (path.startsWith('/scim/')) continue;
        const scope = operation['x-api-key-scope'];
        const isExpected =
          open.has(operation.tags[0] ?? '') || isForAll ? scope === undefined : scope !== undefined;
        assert.ok(isExpected, `${method} ${path}: ${scope}`);
      }
    }
  });
  type Operation = { tags: string[]; security?: unknown[]; 'x-api-key-scope'?: string };

  test('it stops at once when it is revoked by its owner or an admin, expires, or its owner is deactivated', async () => {
    const person = await makePerson(server, 'instructor');
    const [own, taken, short, last] = [
      await makeKey(person),
      await makeKey(person),
      await makeKey(person, { expiresInDays: 1 }),
      await makeKey(person),
    ];
    for (const { key } of [own, taken, short, last]) assert.equal(await statusWith(key), 200);
    await server.request('DELETE', `/me/api-keys/${own.id}`, { token: person.token });
    const path = `/users/${person.id}/api-keys/${taken.id}`;
    assert.equal((await server.request('DELETE', path, { token: people.admin.token })).status, 204);
    assert.deepEqual([await statusWith(own.key), await statusWith(taken.key)], [401, 401]);
    server.clock.advance({ days: 1 });
    assert.deepEqual([await statusWith(short.key), await statusWith(last.key)], [401, 200]);
    await server.open.deps.db
      .updateTable('app_user')
      .set({ deactivated_at: server.clock.now() })
      .where('id', '=', person.id)
      .execute();
    assert.equal(await statusWith(last.key), 401);
    people = await makePeople(server);
  });

  test('a rotated key works beside the new one for 24 hours, and no longer', async () => {
    const first = await makeKey(people.instructor);
    const rotate = async () =>
      (await server.post(`/me/api-keys/${first.id}/secret`, undefined, people.instructor.token)).body;
    const second = await rotate();
    assert.deepEqual([await statusWith(first.key), await statusWith(second.key)], [200, 200]);
    const third = await rotate();
    assert.deepEqual(
      [await statusWith(first.key), await statusWith(second.key), await statusWith(third.key)],
      [401, 200, 200],
    );
    server.clock.advance({ days: 1 });
    assert.deepEqual([await statusWith(second.key), await statusWith(third.key)], [401, 200]);
    people = await makePeople(server);
  });

  test('only a hash is stored; the text is in no list and no log; its last use is told to the minute', async () => {
    const { id, key, hint } = await makeKey(people.instructor);
    const { db } = server.open.deps;
    const [row] = await runSql<{ row: string }>(
      db,
      'select to_jsonb(api_key)::text as row from api_key where id = $1',
      [id],
    );
    assert.ok(!row?.row.includes(key.slice(4, 40)));
    assert.ok(key.startsWith(hint) && hint.length === 10);
    const find = async () => {
      const { body, text } = await server.get('/me/api-keys', people.instructor.token);
      assert.ok(!text.includes(key));
      return body.items.find((each: { id: string }) => each.id === id);
    };
    assert.equal((await find()).lastUsedAt, null);
    await statusWith(key);
    const used = (await find()).lastUsedAt;
    assert.equal(used, server.clock.now().toISOString());
    server.clock.advance({ seconds: 30 });
    await statusWith(key);
    assert.equal((await find()).lastUsedAt, used);
    server.clock.advance({ seconds: 31 });
    await statusWith(key);
    assert.equal((await find()).lastUsedAt, server.clock.now().toISOString());
    assert.ok(!JSON.stringify(server.log).includes(key));
  });

  test('a mistyped one is refused without asking the database', async () => {
    const key = newApiKey();
    assert.ok(isApiKey(key));
    for (const broken of [
      key.slice(0, -1),
      `${key}x`,
      key.replace(/.$/, (end) => (end === '0' ? '1' : '0')),
      'lms_',
    ])
      assert.ok(!isApiKey(broken), broken);
    const changed = key.slice(0, 20) + (key[20] === 'a' ? 'b' : 'a') + key.slice(21);
    assert.ok(!isApiKey(changed));
    const { status, body } = await server.get('/courses', key);
    assert.deepEqual([status, body.code], [401, 'unauthenticated']);
  });

  test('nobody has more than fifty, also when many are made at once', async () => {
    const person = await makePerson(server, 'student');
    const body = { name: 'Many', scopes: ['courses:read'] };
    const answers = await Promise.all(
      Array.from({ length: 55 }, () => server.post('/me/api-keys', body, person.token)),
    );
    const refused = answers.filter(({ status }) => status === 409);
    assert.equal(refused.length, 5);
    assert.ok(refused.every(({ body: { code } }) => code === 'api_keys_full'));
  });

  test('nobody sees or ends the key of another', async () => {
    const { id } = await makeKey(people.instructor);
    const { token } = people.otherInstructor;
    assert.equal((await server.request('DELETE', `/me/api-keys/${id}`, { token })).status, 404);
    assert.equal((await server.post(`/me/api-keys/${id}/secret`, undefined, token)).status, 404);
    assert.ok(!(await server.get('/me/api-keys', token)).text.includes(id));
  });
});
