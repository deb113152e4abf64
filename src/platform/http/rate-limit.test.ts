import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, beforeEach, suite, test } from 'node:test';
import { freeTries } from '#platform/auth/guess-limits.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { clientKeyOf } from './client-key.ts';

const login = (server: TestServer, email: string, headers: Record<string, string> = {}) =>
  server.post('/auth/login', { email, password: 'wrong' }, undefined, headers);

async function statusesOf(count: number, request: () => Promise<{ status: number }>): Promise<number[]> {
  const statuses: number[] = [];
  for (let index = 0; index < count; index += 1) statuses.push((await request()).status);
  return statuses;
}

suite('limits counted in the process', () => {
  let server: TestServer;
  let proxied: TestServer;
  before(async () => {
    server = await startTestServer({ config: { rateLimitsEnabled: true } });
    proxied = await startTestServer({ config: { rateLimitsEnabled: true, trustedProxies: ['127.0.0.1'] } });
  });
  after(async () => {
    await server.stop();
    await proxied.stop();
  });

  const refreshOf = (of: TestServer, chain: string) =>
    of.post('/auth/refresh', { refreshToken: 'unknown' }, undefined, { 'x-forwarded-for': chain });

  test('an address has one budget; X-Forwarded-For of a stranger changes nothing', async () => {
    let number = 0;
    const statuses = await statusesOf(121, () => refreshOf(server, `198.51.100.${(number += 1)}`));
    assert.deepEqual(new Set(statuses.slice(0, 120)), new Set([401]));
    assert.equal(statuses[120], 429);
    assert.equal((await server.get('/health')).status, 200);
  });

  test('one school behind one address: more renew their sessions than may fail, and none is refused', async () => {
    const from = { 'x-forwarded-for': '203.0.113.40' };
    let { refreshToken } = (await proxied.registerStudent()) as { refreshToken: string };
    const renew = async () => {
      const { status, body } = await proxied.post('/auth/refresh', { refreshToken }, undefined, from);
      refreshToken = body.refreshToken;
      return { status };
    };
    assert.deepEqual(new Set(await statusesOf(130, renew)), new Set([200]));
  });

  test('lockout of others: where secrets that nobody guesses were wrong too often, only wrong ones are refused', async () => {
    const from = { 'x-forwarded-for': '203.0.113.42' };
    const refreshing = (refreshToken: string) =>
      proxied.post('/auth/refresh', { refreshToken }, undefined, from);
    const { refreshToken, token } = await proxied.registerStudent();
    const { email, password } = await proxied.registerStudent();
    const browser = { email, password, session: 'cookie' };
    const origin = new URL(proxied.open.deps.config.publicUrl).origin;
    const signedIn = await proxied.post('/auth/login', browser, undefined, { origin });
    await statusesOf(120, () => refreshing('unknown'));
    const exchange = { code: 'x', codeVerifier: 'x'.repeat(43) };
    const challenge = { challengeToken: 'x', method: 'totp', code: '123456' };
    const wrong = [
      await refreshing('unknown'),
      await proxied.post('/auth/logout', {}, undefined, from),
      await proxied.post('/auth/login/exchanges', exchange, undefined, from),
      await proxied.post('/auth/login/challenges', challenge, undefined, from),
      await proxied.get('/auth/csrf', undefined, { ...from, cookie: '__Host-lms_refresh=x' }),
    ];
    for (const { status, body, headers } of wrong) {
      assert.deepEqual([status, body.code], [429, 'rate_limited']);
      assert.match(headers.get('ratelimit') ?? '', /"tokens";r=0;t=\d+/);
      assert.ok(Number(headers.get('retry-after')) > 0);
    }
    assert.equal((await refreshing(refreshToken)).status, 200);
    assert.equal((await proxied.post('/auth/logout', {}, token, from)).status, 204);
    const cookie = signedIn.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    assert.equal((await proxied.get('/auth/csrf', undefined, { ...from, cookie })).status, 200);
    const { refreshToken: elsewhere } = await proxied.registerStudent();
    const there = { 'x-forwarded-for': '203.0.113.43' };
    const renewed = await proxied.post('/auth/refresh', { refreshToken: elsewhere }, undefined, there);
    assert.equal(renewed.status, 200);
  });

  test('sign-ons by a provider count although they lead on, whatever comes of them', async () => {
    const begin = () =>
      proxied.get(`/auth/oidc/nobody/start?codeChallenge=${'a'.repeat(43)}`, undefined, {
        'x-forwarded-for': '203.0.113.41',
      });
    const first = await begin();
    assert.match(first.headers.get('ratelimit') ?? '', /^"signOn";r=2999;/);
    assert.match((await begin()).headers.get('ratelimit') ?? '', /^"signOn";r=2998;/);
  });

  test('bodies that cannot be read or are wrong count too', async () => {
    const wrong = (at: number) =>
      proxied.request('POST', '/auth/register', {
        raw: ['{', '{}', '[]', '{"a":1}'][at % 4]!,
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.99' },
      });
    let at = 0;
    const statuses = await statusesOf(61, () => wrong((at += 1)));
    assert.deepEqual(new Set(statuses.slice(0, 60)), new Set([400]));
    assert.equal(statuses[60], 429);
  });

  test('behind a trusted proxy each client has a budget, and none can choose another address', async () => {
    await statusesOf(120, () => refreshOf(proxied, '203.0.113.7'));
    assert.equal((await refreshOf(proxied, '203.0.113.7')).status, 429);
    assert.equal(
      (await refreshOf(proxied, '198.51.100.1, 203.0.113.7')).status,
      429,
      'what the client put in front',
    );
    assert.equal((await refreshOf(proxied, '203.0.113.8')).status, 401);
    assert.equal((await refreshOf(proxied, 'no address')).status, 401);
  });

  test('addresses of one IPv6 customer are one, IPv4 within IPv6 is IPv4', () => {
    assert.equal(clientKeyOf('2001:db8:0:1::1'), '2001:db8:0:1::/64');
    assert.equal(clientKeyOf('2001:0db8::1:ffff:2:3:4'), '2001:db8:0:1::/64');
    assert.equal(clientKeyOf('2001:db8:0:2:3:4:5:6'), '2001:db8:0:2::/64');
    assert.equal(clientKeyOf('::1'), '0:0:0:0::/64');
    assert.equal(clientKeyOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
    assert.equal(clientKeyOf('::ffff:192.0.2.1'), '192.0.2.1');
    assert.equal(clientKeyOf('192.0.2.1'), '192.0.2.1');
    assert.equal(clientKeyOf('x'.repeat(500)).length, 64);
  });
});

suite('limits of people', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({
      config: {
        rateLimitsEnabled: true,
        rateLimitReadsPerMinute: 5,
        rateLimitWritesPerMinute: 3,
        rateLimitAnonymousPerMinute: 40,
        rateLimitLoginsPerMinute: 4,
      },
    });
  });
  after(() => server.stop());

  test('reads and writes of a person have budgets of their own, told by the standard headers, and nobody else is touched', async () => {
    const abuser = await server.registerStudent();
    const other = await server.registerStudent();
    const statuses = await statusesOf(6, () => server.get('/me', abuser.token));
    assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429]);
    const refused = await server.get('/me', abuser.token);
    assert.equal(refused.body.code, 'rate_limited');
    assert.ok(Number(refused.headers.get('retry-after')) <= 60);
    const written = await server.patch('/me', { name: 'Still' }, abuser.token);
    assert.equal(written.status, 200);
    assert.equal(written.headers.get('ratelimit-policy'), '"writes";q=3;w=60');
    assert.match(written.headers.get('ratelimit') ?? '', /^"writes";r=2;t=\d+$/);
    assert.equal((await server.get('/me', other.token)).status, 200, 'behind the same address');
  });

  test('the anonymous are limited by address; health and readiness never', async () => {
    await statusesOf(40, () => server.get('/courses'));
    assert.equal((await server.get('/courses')).status, 429);
    const { token } = await server.registerStudent();
    assert.equal((await server.get('/courses', token)).status, 200);
    assert.equal((await server.get('/health')).status, 200);
    assert.equal((await server.get('/ready')).status, 200);
  });

  test('who comes with bad credentials spends of the address; the signed in behind it go on', async () => {
    const { token } = await server.registerStudent();
    server.clock.advance({ minutes: 1 });
    const bad = [
      () => server.get('/me', undefined, { authorization: 'Basic abc' }),
      () => server.get('/health', 'nonsense'),
      () => server.get(`/me/events?ticket=${'y'.repeat(43)}`),
      () => server.get('/me/events?ticket=x'),
    ];
    let at = 0;
    const statuses = await statusesOf(41, () => bad[(at += 1) % 4]!());
    assert.deepEqual(new Set(statuses.slice(0, 40)), new Set([401]));
    assert.equal(statuses[40], 429);
    server.takeStatements();
    const answers = await statusesOf(4, () => bad[(at += 1) % 4]!());
    assert.deepEqual(answers, [429, 429, 429, 429]);
    assert.deepEqual(server.takeStatements(), [], 'and the database hears nothing of them');
    assert.equal((await server.get('/me', token)).status, 200);
    server.clock.advance({ minutes: 1 });
  });
});

const redisUrl = process.env['TEST_REDIS_URL'];

suite('limits counted in Redis', { skip: redisUrl === undefined && 'needs redis-server' }, () => {
  let port: number;
  let url: string;
  let redis: ChildProcess;
  let servers: TestServer[] = [];
  before(async () => {
    port = await freePort();
    url = `redis://127.0.0.1:${port}/0`;
    redis = await startRedis(port);
    servers = await Promise.all(
      [1, 2].map(() => startTestServer({ config: { rateLimitsEnabled: true, redisUrl: url } })),
    );
    await waitFor('both are connected', () => servers.every(({ open }) => open.redis?.isReady()));
  });
  after(async () => {
    for (const server of servers) await server.stop();
    await kill(redis);
  });
  let account = 0;
  let email: string;
  beforeEach(() => {
    account += 1;
    email = `account${account}@example.com`;
  });

  /** How often the account can be tried, going from server to server. */
  async function triesOf(given: readonly TestServer[]): Promise<number> {
    for (let tries = 0; tries < 40; tries += 1) {
      const answer = await login(given[tries % given.length]!, email);
      if (answer.status === 429) return tries;
      assert.equal(answer.status, 401, answer.text);
    }
    throw new Error('never limited');
  }
  const bothReady = () => servers.every(({ open }) => open.redis?.isReady());

  test('two servers share one budget, and Redis holds no e-mail address', async () => {
    assert.equal(await triesOf(servers), freeTries);
    const keys = await servers[0]!.open.redis!.client.keys('*');
    assert.ok(keys.some((key) => key.startsWith('limit:guess:account:')));
    assert.ok(!keys.join(' ').includes('example'));
  });

  test('what a person does on two servers adds up, within moments', async () => {
    const { token } = await servers[0]!.registerStudent();
    await statusesOf(30, () => servers[0]!.get('/me', token));
    const keys = async () => servers[1]!.open.redis!.client.keys('limit:reads:*');
    await waitFor('Redis has the count', async () => {
      for (const key of await keys())
        if ((await servers[1]!.open.redis!.client.get(key)) === '30') return true;
      return false;
    });
  });

  test('emptied at noon it fails no request', async () => {
    await login(servers[0]!, email);
    await servers[0]!.open.redis!.client.flushAll();
    assert.equal(await triesOf(servers), freeTries);
  });

  test('stopped, each server counts for itself and no request fails; back, it is used again without a restart', async () => {
    await kill(redis);
    assert.equal(await triesOf(servers.slice(0, 1)), freeTries);
    email = `other${email}`;
    assert.equal(await triesOf(servers), 2 * freeTries);
    redis = await startRedis(port);
    await waitFor('both are connected again', bothReady);
    email = `third${email}`;
    assert.equal(await triesOf(servers), freeTries);
  });

  test('hung, it holds up one request for a moment and then none; going on, it is used again', async () => {
    redis.kill('SIGSTOP');
    try {
      const first = login(servers[0]!, email);
      await waitFor('nobody asks it', () => servers[0]!.open.redis?.isReady() === false, 5_000);
      assert.equal((await first).status, 401);
      assert.equal((await login(servers[0]!, email)).status, 401);
    } finally {
      redis.kill('SIGCONT');
    }
    await waitFor('both are used again', bothReady);
    email = `other${email}`;
    assert.equal(await triesOf(servers), freeTries);
  });

  test('dead at the start of a server, it is used when it comes', async () => {
    const laterPort = await freePort();
    const server = await startTestServer({
      config: { rateLimitsEnabled: true, redisUrl: `redis://127.0.0.1:${laterPort}` },
    });
    try {
      assert.equal((await login(server, email)).status, 401);
      const ready = await server.get('/ready');
      assert.deepEqual([ready.status, ready.body.status], [200, 'degraded']);
      const later = await startRedis(laterPort);
      try {
        await waitFor('it is connected', () => server.open.redis?.isReady() ?? false);
        assert.equal((await server.get('/ready')).body.status, 'ok');
        await login(server, email);
        assert.ok((await server.open.redis!.client.keys('*')).length > 0);
      } finally {
        await kill(later);
      }
    } finally {
      await server.stop();
    }
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function startRedis(port: number): Promise<ChildProcess> {
  const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (data: Buffer) => {
    text += String(data);
  });
  await waitFor('Redis takes connections', () => /Ready to accept connections/.test(text));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
