import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { createTestDatabase } from '#test/database.ts';
import { startDatabaseProxy } from '#test/database-proxy.ts';
import { follow } from '#test/event-stream.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

const redisUrl = process.env['TEST_REDIS_URL'] ?? null;

async function started(t: TestContext, databaseUrl: string, config: object): Promise<TestServer> {
  const server = await startTestServer({ databaseUrl, config: { redisUrl, ...config } });
  t.after(() => server.stop());
  await waitFor('Redis is there', () => server.open.redis?.isReady() ?? true);
  return server;
}

suite('sessions that were ended', () => {
  test('a denied token costs no statement where it was ended, nor where the database said so once', async (t) => {
    const database = await createTestDatabase();
    t.after(() => database.drop());
    const here = await started(t, database.url, { redisUrl: null });
    const elsewhere = await started(t, database.url, { redisUrl: null });
    const { token } = await here.registerStudent();
    assert.equal((await elsewhere.get('/me', token)).status, 200);
    await here.post('/auth/logout', undefined, token);
    here.takeStatements();
    assert.equal((await here.get('/me', token)).status, 401);
    assert.deepEqual(here.takeStatements(), []);
    // Nothing connects the two but the database.
    assert.equal((await elsewhere.get('/me', token)).status, 401);
    elsewhere.takeStatements();
    assert.equal((await elsewhere.get('/me', token)).status, 401);
    assert.deepEqual(elsewhere.takeStatements(), []);
  });

  test(
    'while the database is away: refused with 503, or taken for what it was where ACCESS_TOKEN_BLACKLIST_FAIL_CLOSED is false; ended ones never',
    { skip: redisUrl === null && 'needs redis-server' },
    async (t) => {
      const database = await createTestDatabase();
      const proxy = await startDatabaseProxy(t, database.url);
      const closed = await started(t, proxy.url, {});
      const open = await started(t, proxy.url, { accessTokenBlacklistFailClosed: false });
      const direct = await started(t, database.url, {});
      t.after(() => database.drop());
      const [known, ended, unknown] = [
        await direct.registerStudent(),
        await direct.registerStudent(),
        await direct.registerStudent(),
      ];
      for (const server of [closed, open])
        for (const { token } of [known, ended])
          assert.equal((await server.get('/health', token)).status, 200);
      await proxy.cut();
      assert.equal((await closed.get('/health', known.token)).status, 503);
      assert.equal((await closed.get('/health')).status, 200);
      assert.equal((await open.get('/health', known.token)).status, 200);
      assert.equal((await open.get('/health', unknown.token)).status, 503);
      assert.equal((await open.get('/me', known.token)).status, 503, 'what needs the database');

      // A stream needs it later.
      const stream = await follow(open.baseUrl, { token: known.token });
      assert.equal(stream.status, 200);

      await direct.post('/auth/logout', undefined, ended.token);
      await waitFor('both have heard of it', async () => {
        const statuses = [await open.get('/health', ended.token), await closed.get('/health', ended.token)];
        return statuses.every(({ status }) => status === 401);
      });
      const { sessionId } = await direct.open.deps.accessTokens.verify(ended.token, direct.clock.now());
      assert.equal(await open.open.deps.sessions.isEndedInRedis(sessionId), true, 'for who did not hear');
      await direct.open.redis!.client.flushDb();
      assert.equal((await open.get('/health', ended.token)).status, 401);

      await proxy.restore();
      await stream.take('ready');
      assert.equal((await closed.get('/me', known.token)).status, 200);
      stream.close();
    },
  );
});
