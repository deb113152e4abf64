import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { createLogger } from '#platform/log.ts';
import { openRedis } from '#platform/redis.ts';
import { waitFor } from '#test/wait.ts';
import { createGatheredCounters } from './gathered-counters.ts';

const redisUrl = process.env['TEST_REDIS_URL'];

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
      const log = createLogger({ level: 'silent', service: 'test', version: 'test' });
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
      await new Promise((resolve) => void setTimeout(resolve, 400));
      assert.ok(first!.add('key').count >= 12);
      for (const counters of [first!, second!]) counters.close();
      for (const connection of connections) await connection.close();
    },
  );
});
