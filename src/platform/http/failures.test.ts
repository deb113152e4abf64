import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import type { RequestOptions } from '#test/client.ts';
import { startTestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

const allowed = 'https://app.example.com';
const guards = {
  'content-security-policy': /^default-src 'none'; base-uri 'none'; frame-ancestors 'none'$/,
  'strict-transport-security': /^max-age=31536000; includeSubDomains$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^no-referrer$/,
  'cache-control': /no-store/,
};

suite('an institution whose address is https', () => {
  const start = () =>
    startTestServer({
      config: {
        publicUrl: 'https://learn.example.edu',
        corsOrigins: [allowed],
        rateLimitsEnabled: true,
        rateLimitReadsPerMinute: 10,
      },
    });
  const assertGuarded = (headers: Headers, origin: string | null, what: string) => {
    for (const [name, pattern] of Object.entries(guards))
      assert.match(headers.get(name) ?? '', pattern, what);
    assert.match(headers.get('content-type') ?? '', /^application\/problem\+json/, what);
    const isAllowed = origin === allowed;
    assert.equal(headers.get('access-control-allow-origin'), isAllowed ? allowed : null, what);
    if (isAllowed) assert.equal(headers.get('access-control-allow-credentials'), 'true', what);
  };
  /** The last answer among what came over a connection. */
  const lastOf = (text: string) => {
    const [head = ''] = text.slice(text.lastIndexOf('HTTP/1.1 ')).split('\r\n\r\n');
    const [line = '', ...fields] = head.split('\r\n');
    const headers = new Headers(fields.map((each) => each.split(/: (.*)/).slice(0, 2) as [string, string]));
    return { status: Number(line.split(' ')[1]), headers };
  };

  test('every answer that refuses or fails tells browsers to keep to it and load nothing, and lets the listed origins read it, no other', async (t) => {
    const server = await start();
    t.after(() => server.stop());
    const [person, greedy] = [await server.registerStudent(), await server.registerStudent()];
    const post = (raw: string, type = 'application/json') =>
      ['POST', '/auth/register', { raw, headers: { 'content-type': type } }] as const;
    const taken = { email: person.email, password: 'a-long-pass-phrase', name: 'Eve' };
    const spoilt = { ...taken, email: 'spoilt@example.com', name: 'spoilt' };
    const { token } = person;
    const good = await server.get('/courses');
    assert.match(good.headers.get('strict-transport-security') ?? '', guards['strict-transport-security']);
    const cases: (readonly [status: number, method: string, path: string, options?: RequestOptions])[] = [
      [400, 'GET', '/users/%zz'],
      [400, 'GET', '/%'],
      [404, 'GET', `/users/${'a'.repeat(301)}`],
      [404, 'GET', '/nothing'],
      [405, 'PUT', '/users'],
      [400, ...post('{')],
      [401, 'GET', '/users'],
      [403, 'GET', '/users', { token }],
      [409, ...post(JSON.stringify(taken))],
      [413, ...post(JSON.stringify('x'.repeat(20_000)))],
      [415, ...post('email=x', 'application/x-www-form-urlencoded')],
      [500, ...post(JSON.stringify(spoilt))],
      [503, 'GET', '/me/notifications', { token }],
      [429, 'GET', '/me', { token: greedy.token }],
    ];
    const { ownerDb: db } = server;
    await runSql(db, `alter table app_user add constraint spoilt check (name <> 'spoilt') not valid`);
    await runSql(db, 'alter table notification rename to spoilt');
    for (let at = 0; at < 10; at += 1) await server.get('/me', greedy.token);
    for (const [status, method, path, options = {}] of cases) {
      for (const origin of [allowed, 'https://evil.example.com', null]) {
        const headers = { ...options.headers, ...(origin !== null && { origin }) };
        const answer = await server.request(method, path, { ...options, headers });
        assert.equal(answer.status, status, `${method} ${path} ${answer.text}`);
        assertGuarded(answer.headers, origin, `${status} ${path}`);
        assert.equal(answer.headers.get('x-request-id'), answer.body.requestId);
      }
    }
  });

  test('so do what is no HTTP, and a server that stops', async () => {
    const server = await start();
    let isStopped = false;
    const stop = async () => {
      if (!isStopped) await server.stop();
      isStopped = true;
    };
    try {
      const { hostname, port } = new URL(server.address);
      const open = async () => {
        const socket = connect(Number(port), hostname);
        const got = { text: '' };
        socket.setEncoding('latin1').on('data', (chunk: string) => (got.text += chunk));
        await once(socket, 'connect');
        return { socket, got };
      };
      const odd = await open();
      odd.socket.write('NONSENSE\r\n\r\n');
      await once(odd.socket, 'close');
      assert.equal(lastOf(odd.got.text).status, 400);
      assertGuarded(lastOf(odd.got.text).headers, null, 'no HTTP');

      const { socket, got } = await open();
      const fields = `host: x\r\norigin: ${allowed}\r\n`;
      const body = 'content-type: application/json\r\ncontent-length: 2\r\nexpect: 100-continue\r\n';
      socket.write(`POST /api/v1/auth/login HTTP/1.1\r\n${fields}${body}\r\n`);
      await waitFor('the request is in hand', () => got.text.includes('100 Continue'));
      const stopping = stop();
      await waitFor('no other connection is taken', async () => {
        const refused = open().then(({ socket: other }) => void other.destroy());
        return refused.then(
          () => false,
          () => true,
        );
      });
      socket.write(`{}GET /api/v1/courses HTTP/1.1\r\n${fields}\r\n`);
      await once(socket, 'close');
      await stopping;
      const { status, headers } = lastOf(got.text);
      assert.deepEqual([status, headers.get('connection')], [503, 'close']);
      assertGuarded(headers, allowed, 'stopping');
      assert.match(got.text, /"code":"unavailable"/);
      assert.match(headers.get('retry-after') ?? '', /^\d+$/);
    } finally {
      await stop();
    }
  });
});
