import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('robustness over HTTP', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  /** Sends bytes as they are; returns all that comes until the server closes, or nothing came for a while. */
  async function raw(...parts: string[]): Promise<string> {
    const { hostname, port } = new URL(server.address);
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.setEncoding('latin1').on('data', (data: string) => {
      text += data;
    });
    await once(socket, 'connect');
    for (const part of parts) socket.write(part, 'latin1');
    socket.setTimeout(1_000, () => socket.destroy());
    await once(socket, 'close').catch(() => {});
    return text;
  }

  const statusesOf = (text: string) =>
    [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
  const get = (path: string, headers = '') => `GET /api/v1${path} HTTP/1.1\r\nhost: x\r\n${headers}\r\n`;

  test('paths of every kind are answered below 500, as problems with a request id', async () => {
    const id = people.student.id;
    const paths = [
      ...[
        '/users/',
        `/users/${id}/`,
        `//users/${id}`,
        '/users//',
        '/./users',
        '/../v1/users',
        '/users/..',
        '/users/%2e%2e',
        '/users/%2F',
      ],
      ...[
        '/users/%00',
        '/users/%',
        '/users/%zz',
        '/users/%E0%A4%A',
        '/users/%ff',
        '/users/__proto__',
        '/users/constructor',
      ],
      ...[
        `/users/${'a'.repeat(299)}`,
        `/users/${'a'.repeat(301)}`,
        `/users/${'%41'.repeat(3000)}`,
        `/users/${'é'.repeat(200)}`,
        '/users/\u{1F600}',
      ],
      ...[
        `/users/${id}%20`,
        `/users/${id}%0a`,
        `/users/${id}?x=1&x=2`,
        `/users/{${id}}`,
        `/users/${id.toUpperCase()}`,
        '/',
        '',
      ],
    ];
    for (const path of paths) {
      const answer = await server.get(path, people.admin.token);
      assert.ok(answer.status < 500, `${path} → ${answer.status} ${answer.text}`);
      assert.match(answer.headers.get('x-request-id') ?? '', /./, path);
      if (answer.status !== 200)
        assert.match(answer.headers.get('content-type') ?? '', /problem\+json/, path);
    }
    assert.equal((await server.get('/users/', people.admin.token)).status, 404);
    assert.equal(
      (await server.get(`/users/%3${id[0]}${id.slice(1)}`, people.admin.token)).status,
      200,
      'an id may be percent-encoded',
    );
  });

  test('queries of every kind are answered below 500, and wrong ones with the name of the parameter', async () => {
    const wrong = {
      limit: [
        'limit=1&limit=2',
        'limit=',
        'limit=1.5',
        'limit=-1',
        'limit=99999999999999999999',
        'limit=1e400',
        'limit=NaN',
        'limit=%31%00',
      ],
      sort: ['sort=password', 'sort=', 'sort=name&sort=name', 'sort=name;drop'],
      status: ['status=active&status=deactivated', 'status=ACTIVE'],
      role: ['role=', 'role=admin,admin', 'role=,', `role=${'admin,'.repeat(60)}`],
      cursor: [
        'cursor=',
        'cursor=null',
        `cursor=${'A'.repeat(5_000)}`,
        'cursor=eyJrIjp7fX0',
        'cursor=%F0%9F%98%80',
      ],
      __proto__: [],
    };
    for (const [name, queries] of Object.entries(wrong)) {
      for (const query of queries) {
        const answer = await server.get(`/users?${query}`, people.admin.token);
        assert.equal(answer.status, 400, `${query} → ${answer.status} ${answer.text}`);
        const first = answer.body.errors?.[0]?.path as string | undefined;
        if (first !== undefined) assert.match(first, new RegExp(`^${name}\\b`), query);
      }
    }
    for (const query of [
      '__proto__=1',
      '__proto__[admin]=1',
      'constructor=1',
      'toString=1',
      'hasOwnProperty=1',
      'q[]=1',
      'a%00=1',
    ]) {
      assert.equal((await server.get(`/users?${query}`, people.admin.token)).status, 400, query);
    }
    for (const query of [
      'q=%25%5F\\',
      "q='; drop table app_user; --",
      `q=${'x'.repeat(200)}`,
      'q=',
      'q=%E2%80%AE',
      'role=admin&role=student',
    ]) {
      assert.equal((await server.get(`/users?${query}`, people.admin.token)).status, 200, query);
    }
  });

  test('keys that mean something to JavaScript are unknown fields like any other', async () => {
    const headers = { 'content-type': 'application/json' };
    for (const raw of [
      '{"name":"x","__proto__":{"role":"admin"}}',
      '{"name":"x","constructor":{"prototype":{"role":"admin"}}}',
      '{"name":"x","toString":1}',
      '{"name":"x","hasOwnProperty":1}',
      '{"name":{"__proto__":1}}',
      '{"name":"x","name":5}',
    ]) {
      const answer = await server.request('PATCH', '/me', { token: people.student.token, raw, headers });
      assert.equal(answer.status, 400, `${raw} → ${answer.text}`);
    }
    assert.equal(({} as { role?: string }).role, undefined);
    assert.equal((await server.get('/me', people.student.token)).body.role, 'student');
  });

  test('a large body is told the first thing that is wrong alone, one of usual size all of them', async () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`field${index}`, index]));
    const told = async (body: unknown, path = '/me', method = 'PATCH') => {
      const answer = await server.request(method, path, { token: people.student.token, body });
      assert.equal(answer.status, 400, answer.text);
      return answer.body.errors.map(({ code }: { code: string }) => code);
    };
    assert.deepEqual(await told(many(30_000)), ['unknown_field']);
    assert.deepEqual(await told({ ids: Array(400_000).fill(1) }, '/me/notifications/read', 'POST'), [
      'max_items',
    ]);
    assert.deepEqual(await told({ name: Array.from({ length: 2_001 }, () => ({})) }), ['type']);
    assert.equal((await told(many(100))).length, 20);
  });

  test('a body of sign-in is refused unread where it is no short one', async () => {
    const { refreshToken, ...body } = {
      email: 'a@example.com',
      password: 'x'.repeat(20_000),
      refreshToken: 'x',
    };
    for (const path of [
      '/auth/register',
      '/auth/login',
      '/auth/password-resets',
      '/auth/email-verifications',
    ])
      assert.equal((await server.post(path, body)).status, 413, path);
    for (const path of ['/auth/refresh', '/auth/logout'])
      assert.equal(
        (await server.post(path, { refreshToken: refreshToken.repeat(20_000) })).status,
        413,
        path,
      );
  });

  test('header injection: headers carry nothing into the answer’s head', async () => {
    const smuggled = await raw(
      get('/health', 'x-request-id: abcdefgh\r\n\tset-cookie: a=b\r\nconnection: close\r\n'),
    );
    assert.doesNotMatch(smuggled, /^set-cookie/im);
    for (const id of [
      'abc%0d%0aset-cookie: a=b',
      'a'.repeat(65),
      'short',
      'ünï-códe-id',
      '{"$ne":1}xx',
      '../../etc/passwd',
    ]) {
      const text = await raw(get('/health', `x-request-id: ${id}\r\nconnection: close\r\n`));
      assert.match(text, /^x-request-id: [0-9a-f]{8}-[0-9a-f-]{27}\r$/im, id);
    }
    for (const key of ['a b', 'é', '', 'a'.repeat(256), 'a\tb']) {
      const body = '{"name":"Keyed","role":"student"}';
      const head = `POST /api/v1/users HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${people.admin.token}\r\ncontent-type: application/json\r\n`;
      const text = await raw(
        `${head}content-length: ${body.length}\r\nidempotency-key: ${key}\r\nconnection: close\r\n\r\n${body}`,
      );
      assert.deepEqual(statusesOf(text), [400], `${key} → ${text}`);
    }
  });

  test('request smuggling: what is no HTTP, has two lengths, or is too much, is refused as a problem and the connection closed', async () => {
    const cases: [string, number][] = [
      ['NONSENSE\r\n\r\n', 400],
      [get('/health', `x-long: ${'a'.repeat(40_000)}\r\n`), 431],
      [
        'POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
      ],
      ['POST /api/v1/auth/login HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n', 400],
    ];
    for (const [bytes, status] of cases) {
      const text = await raw(bytes);
      assert.deepEqual(statusesOf(text), [status], text);
      assert.match(text, /content-type: application\/problem\+json/i, text);
      assert.match(text, /"code":"invalid"/);
      assert.match(text, /x-content-type-options: nosniff\r\n.*frame-ancestors 'none'/is);
    }
    assert.equal((await server.get('/health')).status, 200);
  });

  test('a refused request whose body nobody reads does not spoil the connection', async () => {
    const body = 'x'.repeat(200_000);
    const refused = `POST /api/v1/users HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const text = await raw(refused, get('/health', 'connection: close\r\n'));
    const statuses = statusesOf(text);
    assert.equal(statuses[0], 401, text);
    // Answered on the same connection, or not at all on a closed one; never taken for part of the body.
    assert.ok(statuses.length === 1 || statuses[1] === 200, text);
  });

  test('a client that goes away in the midst of an upload that is refused does no harm', async () => {
    const { token } = people.student;
    const { body } = await server.post('/files/uploads', { fileName: 'a.txt', sizeBytes: 4 }, token);
    const { pathname, search } = new URL(body.url);
    for (const length of ['content-length: 104857600', 'transfer-encoding: chunked']) {
      const { hostname, port } = new URL(server.address);
      const socket = connect(Number(port), hostname).on('error', () => {});
      socket.write(
        `PUT ${pathname}${search} HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n${length}\r\n\r\n`,
      );
      socket.write(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
      await once(socket, 'data');
      socket.destroy();
    }
    // The rest of the body is waited for so long; an error in between would end the process.
    await sleep(2_500);
    assert.equal((await server.get('/health')).status, 200);
  });

  test('HEAD answers like GET without a body, with its ETag too', async () => {
    const asGet = await server.get('/me', people.student.token);
    const asHead = await server.request('HEAD', '/me', { token: people.student.token });
    assert.equal(asHead.status, 200);
    assert.equal(asHead.text, '');
    assert.equal(asHead.headers.get('etag'), asGet.headers.get('etag'));
    const etag = asGet.headers.get('etag') ?? '';
    const same = await server.request('HEAD', '/me', {
      token: people.student.token,
      headers: { 'if-none-match': etag },
    });
    assert.equal(same.status, 304);
    assert.equal((await server.request('HEAD', '/me')).status, 401);
    assert.equal((await server.request('HEAD', '/nothing')).status, 404);
  });

  test('ETags: any of several and * match, also those that a compressing proxy made weak; for writing only a whole one', async () => {
    const { token, id } = people.otherStudent;
    const etag = (await server.get('/me', token)).headers.get('etag') ?? '';
    for (const given of [`W/${etag}`, `"x", ${etag}`, '*']) {
      assert.equal((await server.get('/me', token, { 'if-none-match': given })).status, 304, given);
    }
    const change = (given: string) =>
      server.patch(`/users/${id}`, { locale: 'de' }, people.admin.token, { 'if-match': given });
    for (const given of [
      '"nonsense"',
      'W/"nonsense"',
      '1',
      '""',
      '"1-"',
      '"999-abc"',
      `${'"999-a",'.repeat(500)}"x"`,
    ]) {
      assert.equal((await change(given)).status, 412, given);
    }
    assert.equal((await change(`"x-y", W/${etag}`)).status, 200);
    assert.equal((await change('*')).status, 200);
  });

  test('OPTIONS without CORS, TRACE and unknown methods are answered below 500, with no origin allowed', async () => {
    const preflight = { origin: 'https://evil.example.com', 'access-control-request-method': 'DELETE' };
    for (const headers of [{}, preflight]) {
      const answer = await server.request('OPTIONS', '/users', { headers });
      assert.ok(answer.status < 500, answer.text);
      assert.equal(answer.headers.get('access-control-allow-origin'), null);
    }
    for (const method of ['TRACE', 'PROPFIND', 'BREW']) {
      const [status = 0] = statusesOf(
        await raw(`${method} /api/v1/users HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`),
      );
      assert.ok(status >= 400 && status < 500, `${method} → ${status}`);
    }
  });

  test('no log line holds a query string, or what was sent in a header', () => {
    const lines = JSON.stringify(server.log);
    for (const part of ['drop table', '?q=', 'limit=', people.admin.token])
      assert.ok(!lines.includes(part), part);
    assert.ok(
      server.log.every((line) => line['level'] !== 'error'),
      JSON.stringify(server.log.filter((line) => line['level'] === 'error')),
    );
  });
});

suite('CORS open to all', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ config: { corsOrigins: ['*'] } });
  });
  after(() => server.stop());

  test('any origin may read answers, but never with its visitor’s cookies', async () => {
    const answer = await server.get('/health', undefined, { origin: 'https://any.example.com' });
    assert.equal(answer.headers.get('access-control-allow-origin'), '*');
    assert.equal(answer.headers.get('access-control-allow-credentials'), null);
  });
});
