import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('conventions of the API', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer({ config: { corsOrigins: ['https://app.example.com'] } });
    people = await makePeople(server);
  });
  after(() => server.stop());

  test('a failure is problem+json with a stable code and the id of the request', async () => {
    const answer = await server.get('/users', undefined, { 'x-request-id': 'my-request-0001' });
    assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
    assert.equal(answer.headers.get('x-request-id'), 'my-request-0001');
    assert.deepEqual(answer.body, {
      type: 'urn:lms:problem:unauthenticated',
      title: 'Unauthenticated',
      status: 401,
      detail: 'Sign in first.',
      code: 'unauthenticated',
      requestId: 'my-request-0001',
    });
  });

  test('every answer tells browsers to load nothing for it, frame it nowhere and guess no type', async () => {
    const answers = [
      await server.get('/courses'),
      await server.get('/users'),
      await server.get('/nothing'),
      await server.get('/health?x=%'),
      await server.request('POST', '/auth/login', {
        raw: '{',
        headers: { origin: 'https://app.example.com' },
      }),
      await fetch(new URL('/metrics', server.baseUrl)),
    ];
    for (const { status, headers } of answers) {
      assert.match(
        headers.get('content-security-policy') ?? '',
        /^default-src 'none'; base-uri 'none'/,
        String(status),
      );
      assert.match(headers.get('content-security-policy') ?? '', /frame-ancestors 'none'/, String(status));
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.has('strict-transport-security'), false, 'the address is http');
    }
  });

  test('a request id that is no plain word is replaced', async () => {
    const answer = await server.get('/health', undefined, { 'x-request-id': 'a b "c"' });
    assert.match(answer.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
  });

  test('an unknown address is 404, a known one with another method 405 with Allow', async () => {
    assert.equal((await server.get('/nothing')).status, 404);
    const answer = await server.put('/users', {}, people.admin.token);
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'GET, HEAD, POST');
    assert.equal((await server.put(`/users/${people.student.id}`)).status, 405);
  });

  test('bodies are not coerced, query strings are', async () => {
    const body = await server.patch('/me', { name: 5 }, people.student.token);
    assert.equal(body.body.code, 'invalid');
    assert.equal(body.body.errors[0].path, '/name');
    assert.equal((await server.get('/users?limit=5', people.admin.token)).status, 200);
    assert.equal((await server.get('/users?limit=five', people.admin.token)).body.errors[0].path, 'limit');
    assert.equal((await server.get('/users?limit=101', people.admin.token)).status, 400);
  });

  test('an unknown field is refused, in a body and in a query', async () => {
    assert.equal(
      (await server.patch('/me', { nickname: 'x' }, people.student.token)).body.code,
      'unknown_field',
    );
    const query = await server.get('/users?colour=red', people.admin.token);
    assert.equal(query.body.code, 'unknown_field');
    assert.equal(query.body.errors[0].path, 'colour');
  });

  test('what takes no body takes none but an empty one, whatever the operation', async () => {
    const { paths } = (await server.get('/openapi.json')).body as {
      paths: Record<string, Record<string, { requestBody?: object }>>;
    };
    const without = Object.entries(paths).flatMap(([path, operations]) =>
      Object.entries(operations)
        .filter(([method, each]) => ['post', 'put', 'delete'].includes(method) && !each.requestBody)
        .map(
          ([method]) =>
            [method.toUpperCase(), path.replace('/api/v1', '').replaceAll(/\{\w+\}/g, newId())] as const,
        ),
    );
    assert.ok(without.length > 30);
    for (const [method, path] of without) {
      if (path.startsWith('/mail/unsubscribe') || path.startsWith('/scim')) continue;
      for (const [body, code] of [
        [[], 'invalid'],
        [{ more: 1 }, 'unknown_field'],
      ] as const) {
        const answer = await server.request(method, path, { token: people.admin.token, body });
        // Refused for another reason before anybody looks at what was sent.
        if (answer.status === 401 || answer.status === 403) continue;
        assert.deepEqual([answer.status, answer.body.code], [400, code], `${method} ${path} ${answer.text}`);
      }
    }
    const { token } = people.otherStudent;
    const spelled = await server.request('POST', '/me/data-exports', { token, body: { 'a/b': 1 } });
    assert.equal(spelled.body.errors[0].path, '/a~1b');
    assert.equal((await server.request('POST', '/me/data-exports', { token, body: {} })).status, 202);
  });

  test('every JSON body of the document is an object that takes no field but its own', async () => {
    type Schema = { $ref?: string; oneOf?: Schema[]; additionalProperties?: boolean };
    const { paths, components } = (await server.get('/openapi.json')).body;
    const isClosed = ({ $ref, oneOf, additionalProperties }: Schema): boolean => {
      if ($ref) return isClosed(components.schemas[$ref.replace('#/components/schemas/', '')]);
      return oneOf ? oneOf.every(isClosed) : additionalProperties === false;
    };
    type Operation = { operationId: string; requestBody?: { content: Record<string, { schema: Schema }> } };
    const operations = Object.values(paths).flatMap((each) => Object.values(each as object) as Operation[]);
    const open = operations.filter(({ requestBody }) => {
      const schema = requestBody?.content['application/json']?.schema;
      return schema && !isClosed(schema);
    });
    assert.ok(operations.length > 50);
    assert.deepEqual(
      open.map(({ operationId }) => operationId),
      [],
    );
  });

  test('what cannot be stored or read is a 400, never a 500', async () => {
    const headers = { 'content-type': 'application/json' };
    const bodies = [
      '{"name":"a\\u0000b"}',
      '{"name":"\\ud800"}',
      '{"name":',
      '[]',
      'null',
      '"x"',
      '',
      '{"__proto__":{"x":1},"name":"y"}',
    ];
    const deep = `{"name":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    for (const raw of [...bodies, deep]) {
      const answer = await server.request('PATCH', '/me', { token: people.student.token, raw, headers });
      assert.equal(answer.status, 400, `${raw.slice(0, 40)} → ${answer.text}`);
    }
    const broken = Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]);
    assert.equal(
      (
        await server.request('PATCH', '/me', {
          token: people.student.token,
          raw: new Uint8Array(broken),
          headers,
        })
      ).status,
      400,
    );
    assert.equal((await server.get('/users/%00', people.admin.token)).status, 400);
    assert.equal((await server.get('/users/no-id', people.admin.token)).status, 404);
    assert.equal((await server.get('/users?q=%00', people.admin.token)).status, 400);
    assert.equal((await server.get('/users/%E0%A4%A', people.admin.token)).status, 400);
  });

  test('a body of another type is 415, a large one 413', async () => {
    const asText = await server.request('POST', '/auth/login', {
      raw: 'email=x',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    assert.equal(asText.status, 415);
    const large = await server.post('/auth/login', { email: 'x'.repeat(2_000_000), password: 'x' });
    assert.equal(large.status, 413);
  });

  test('bad credentials are refused also where none are needed', async () => {
    for (const authorization of ['Bearer nonsense', 'Basic abc', 'Bearer ', 'Bearer a b']) {
      assert.equal((await server.get('/health', undefined, { authorization })).status, 401, authorization);
    }
  });

  test('only listed origins get CORS headers, errors included', async () => {
    const good = await server.get('/users', undefined, { origin: 'https://app.example.com' });
    assert.equal(good.status, 401);
    assert.equal(good.headers.get('access-control-allow-origin'), 'https://app.example.com');
    assert.match(good.headers.get('access-control-expose-headers') ?? '', /ETag.*X-Request-Id/);
    const preflight = await server.request('OPTIONS', '/users', {
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    assert.equal(preflight.status, 204);
    const bad = await server.get('/users', undefined, { origin: 'https://evil.example.com' });
    assert.equal(bad.headers.get('access-control-allow-origin'), null);
  });

  test('what the signed in are shown is kept by no cache, neither by a browser’s', async () => {
    for (const path of ['/me', '/courses', '/me/notifications', '/nothing']) {
      const { headers } = await server.get(path, people.student.token);
      assert.match(headers.get('cache-control') ?? '', /no-store/, path);
    }
  });

  test('no address takes another answer by what a client puts in a query: no token is read there', async () => {
    const query = `access_token=${people.student.token}&token=${people.student.token}`;
    assert.equal((await server.get(`/me?${query}`)).status, 401);
    assert.equal((await server.get(`/me?ticket=${people.student.token}`)).status, 401);
  });

  test('no log line holds a token, a password, a name or an address', () => {
    const lines = JSON.stringify(server.log);
    for (const person of Object.values(people)) {
      for (const secret of [person.token, person.refreshToken, person.password, person.email]) {
        assert.ok(!lines.includes(secret), secret);
      }
    }
    assert.ok(
      server.log.some((line) => line['message'] === 'request' && line['userId'] === people.student.id),
    );
  });

  test('the log tells of each refusal by its code', async () => {
    const codesOf = async (answering: Promise<{ headers: Headers }>) => {
      const requestId = (await answering).headers.get('x-request-id');
      return server.log.filter((line) => line['requestId'] === requestId).map((line) => line['code']);
    };
    const { token } = people.student;
    assert.deepEqual(await codesOf(server.get('/me')), ['unauthenticated']);
    assert.deepEqual(await codesOf(server.get('/users', token)), ['forbidden']);
    assert.deepEqual(await codesOf(server.patch('/me', { role: 'admin' }, token)), ['unknown_field']);
    assert.deepEqual(await codesOf(server.get('/me', token)), [undefined]);
  });

  test('a fault of ours is a 500 without details, logged once with its stack', async () => {
    await runSql(
      server.ownerDb,
      `alter table app_user add constraint planted check (name <> 'planted') not valid`,
    );
    const person = { email: 'planted@example.com', password: 'planted-by-a-test-9', name: 'planted' };
    const answer = await server.post('/auth/register', person);
    await runSql(server.ownerDb, 'alter table app_user drop constraint planted');
    assert.equal(answer.status, 500);
    assert.equal(answer.body.code, 'internal');
    assert.doesNotMatch(answer.text, /app_user|relation|constraint/);
    const logged = server.log.filter(
      (line) => line['requestId'] === answer.body.requestId && line['level'] === 'error',
    );
    assert.equal(logged.length, 1);
    assert.match(JSON.stringify(logged[0]), /app_user/);
  });
});

suite('Idempotency-Key', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const make = (key: string, name = 'Once', person = people.admin) =>
    server.post('/users', { name, role: 'student' }, person.token, { 'idempotency-key': key });

  test('the first answer comes again and nothing is done twice', async () => {
    const first = await make('key-1');
    const second = await make('key-1');
    assert.equal(first.status, 201);
    assert.equal(second.status, 201);
    assert.equal(second.text, first.text);
    assert.equal(second.headers.get('location'), first.headers.get('location'));
    assert.equal(second.headers.get('idempotent-replayed'), 'true');
  });

  test('with another body it is 422', async () => {
    await make('key-2');
    const other = await make('key-2', 'Twice');
    assert.equal(other.status, 422);
    assert.equal(other.body.code, 'idempotency_key_reused');
  });

  test('of two at the same time one is done, the other is told to wait or gets its answer', async () => {
    const answers = await Promise.all([make('key-3'), make('key-3'), make('key-3')]);
    const ids = new Set(answers.filter(({ status }) => status === 201).map(({ body }) => body.id));
    assert.equal(ids.size, 1);
    assert.ok(answers.every(({ status, body }) => status === 201 || body.code === 'request_in_progress'));
  });

  test('it is scoped to the caller', async () => {
    const refused = await make('key-4', 'Once', people.instructor);
    assert.equal(refused.status, 403);
    assert.equal((await make('key-4')).status, 201);
  });

  test('a kept answer does not stand in clear in the database', async () => {
    await make('key-5', 'Secret Name');
    const { rows } = await server.open.engine.boss
      .getDb()
      .executeSql('select answer from idempotency_key where answer is not null');
    assert.ok(rows.length > 0);
    for (const row of rows) assert.ok(!(row.answer as Buffer).toString('utf8').includes('Secret Name'));
  });

  test('of a body nothing is kept that tells whether a guessed password was in it', async () => {
    const body = { name: 'Keyed', role: 'student', email: 'keyed@example.com', password: 'six-Pears-1' };
    await server.post('/users', body, people.admin.token, { 'idempotency-key': 'key-8' });
    const { request_hash: kept } = await server.open.deps.db
      .selectFrom('idempotency_key')
      .select('request_hash')
      .where('key', '=', 'key-8')
      .executeTakeFirstOrThrow();
    for (const text of [JSON.stringify(['/api/v1/users', body]), JSON.stringify(body)])
      assert.ok(!kept.equals(createHash('sha256').update(text).digest()));
    const again = await server.post('/users', body, people.admin.token, { 'idempotency-key': 'key-8' });
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
  });

  test('a request that died half-way can be tried again when its lock has run out', async () => {
    const { db } = server.open.deps;
    await make('key-6');
    await db.updateTable('idempotency_key').set({ answer: null }).where('key', '=', 'key-6').execute();
    assert.equal((await make('key-6')).body.code, 'request_in_progress');
    server.clock.advance({ seconds: 61 });
    assert.equal((await make('key-6')).status, 201);
  });

  test('while ENCRYPTION_KEY is rotated kept answers are read; without the previous key nothing is done again', async () => {
    const first = await make('key-7');
    const databaseUrl = server.open.deps.config.databaseUrl ?? '';
    const [before, now] = [7, 8].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string];
    const again = async (env: Record<string, string>) => {
      const other = await startTestServer({ databaseUrl, env });
      try {
        return await other.post('/users', { name: 'Once', role: 'student' }, people.admin.token, {
          'idempotency-key': 'key-7',
        });
      } finally {
        await other.stop();
      }
    };
    const rotated = await again({ ENCRYPTION_KEY: now, ENCRYPTION_KEY_PREVIOUS: before });
    assert.equal(rotated.text, first.text);
    const lost = await again({ ENCRYPTION_KEY: now });
    assert.equal(lost.status, 409);
    assert.equal(lost.body.code, 'conflict');
  });
});
