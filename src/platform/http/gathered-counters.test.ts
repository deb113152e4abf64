import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLogger } from '#platform/log.ts';
import { openRedis } from '#platform/redis.ts';
import { startRedis } from '#test/runner/redis-server.ts';
import { waitFor } from '#test/wait.ts';
import { createGatheredCounters } from './gathered-counters.ts';

const redisUrl = process.env['TEST_REDIS_URL'];
const log = createLogger({ level: 'silent', service: 'test', version: 'test' });

suite('gathered counters', () => {
  test('count by key, and begin anew with each minute', () => {
    let at = 59_000;
    const counters = createGatheredCounters(null, () => at);
    assert.deepEqual(counters.add('a'), { count: 1, msLeft: 1_000 });
    assert.deepEqual(counters.add('a'), { count: 2, msLeft: 1_000 });
    assert.equal(counters.add('b').count, 1);
    at = 60_000;
    assert.deepEqual(counters.add('a'), { count: 1, msLeft: 60_000 });
  });

  test(
    'two processes know of each other’s counts by Redis, and keep their own when it is emptied',
    { skip: redisUrl === undefined && 'needs redis-server' },
    async () => {
      const connections = [openRedis(redisUrl ?? '', log), openRedis(redisUrl ?? '', log)];
      await waitFor('both are connected', () => connections.every((each) => each.isReady()));
      // A minute that no other test counts in.
      const now = () => 4_000_000_000_000 + Math.floor(process.pid) * 60_000;
      const [first, second] = connections.map((each) => createGatheredCounters(each, now));
      for (let at = 0; at < 10; at += 1) first!.add('key');
      let known = 0;
      await waitFor('the second knows', () => {
        known += 1;
        return second!.add('key').count === known + 10;
      });
      await connections[0]!.client.flushDb();
      first!.add('key');
      await sleep(400);
      assert.ok(first!.add('key').count >= 12);
      for (const counters of [first!, second!]) counters.close();
      for (const connection of connections) await connection.close();
    },
  );

  // A promise of which nobody hears that it failed ends a process, and fails a test.
  test(
    'a Redis that dies with commands unanswered fails nothing but them',
    { skip: redisUrl === undefined && 'needs redis-server' },
    async (t) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'lms-redis-'));
      t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
      const redis = await startRedis(folder);
      assert.ok(redis);
      t.after(() => redis.stop());
      const connection = openRedis(redis.url, log);
      t.after(() => connection.close());
      await waitFor('it is connected', () => connection.isReady());
      const counters = createGatheredCounters(connection, () => 0);
      process.kill(redis.pid, 'SIGSTOP');
      for (let at = 1; at <= 10; at += 1) assert.equal(counters.add(`key ${at}`).count, 1);
      await waitFor('the commands wait for an answer', () => !connection.isReady());
      await redis.stop();
      await waitFor('the connection is lost', () => !connection.client.isReady);
      await sleep(50);
      assert.equal(counters.add('key 1').count, 2);
      counters.close();
    },
  );
});
