import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '#test/database.ts';
import { follow, type EventStream } from '#test/event-stream.ts';
import { waitForInvariants } from '#test/invariants.ts';
import { buildCourse, joinCourse, learn, waitForCertificate, type Learner } from '#test/loop.ts';
import { makePerson } from '#test/people.ts';
import { startRedis, type RedisServer } from '#test/runner/redis-server.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';

type Fault = (redis: RedisServer, nodes: readonly TestServer[]) => Promise<() => Promise<RedisServer>>;

const faults: Record<string, Fault> = {
  'killed, and started again empty': async (redis) => {
    await redis.stop();
    return () => again(redis);
  },
  'hung by SIGSTOP, and going on': async (redis) => {
    process.kill(redis.pid, 'SIGSTOP');
    return async () => {
      process.kill(redis.pid, 'SIGCONT');
      return redis;
    };
  },
  'emptied by FLUSHALL': async (redis, nodes) => {
    await nodes[0]!.open.redis!.client.flushAll();
    return async () => redis;
  },
};

const folders = new WeakMap<RedisServer, string>();
async function again(redis: RedisServer): Promise<RedisServer> {
  const folder = folders.get(redis) ?? '';
  const started = await startRedis(folder, { port: redis.port });
  assert.ok(started);
  folders.set(started, folder);
  return started;
}

suite('Redis under open streams and learners at work', () => {
  for (const [how, begin] of Object.entries(faults)) {
    test(`${how}: no request fails or waits long, no news is lost or doubled, and it is used again`, async (t) => {
      const { nodes, redis } = await startNodes(t);
      const [first, second] = nodes as [TestServer, TestServer];
      const teacher = await makePerson(first, 'instructor');
      const course = await buildCourse(first, teacher.token, 'Losing Redis');
      const learners = await Promise.all(
        Array.from({ length: 6 }, (_, at) => joinCourse(first, course, `Learner ${at}`)),
      );
      const streams = await Promise.all(
        learners.map(({ token }, at) => follow((at % 2 === 0 ? first : second).baseUrl, { token })),
      );
      await Promise.all(streams.map((stream) => stream.take('ready')));
      const probe = startProbe(first, learners[0]!.token);
      const end = await begin(redis, nodes);
      await Promise.all(learners.map((learner) => learn(second, course, learner)));
      for (const learner of learners) await waitForCertificate(second, learner, 60_000);
      await allTold(streams, 10_000);
      const running = await end();
      t.after(() => running.stop());
      await waitFor('both use it again', () => nodes.every(({ open }) => open.redis?.isReady()), 20_000);
      await usedAgain(first, second, learners[0]!);
      const { statuses, slowestMs } = await probe();
      assert.deepEqual([...new Set(statuses)], [200]);
      assert.ok(slowestMs < 3_000, `the slowest request took ${Math.round(slowestMs)} ms`);
      for (const stream of streams) {
        const ids = stream.of('notification').map(({ data }) => data.id as string);
        assert.equal(new Set(ids).size, ids.length, 'none twice');
        stream.close();
      }
      await waitForInvariants(first.open.deps.config.databaseUrl ?? '', 60_000);
    });
  }
});

async function startNodes(t: TestContext): Promise<{ nodes: TestServer[]; redis: RedisServer }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lms-redis-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const redis = await startRedis(folder);
  assert.ok(redis, 'redis-server is on the PATH');
  folders.set(redis, folder);
  const database = await createTestDatabase();
  const nodes: TestServer[] = [];
  t.after(async () => {
    for (const node of nodes) await node.stop();
    await redis.stop();
    await database.drop();
  });
  const config = { redisUrl: redis.url, rateLimitsEnabled: true, rateLimitReadsPerMinute: 100_000 };
  for (let at = 0; at < 2; at += 1) nodes.push(await startTestServer({ databaseUrl: database.url, config }));
  await waitFor('Redis is there', () => nodes.every(({ open }) => open.redis?.isReady()));
  await nodes[1]!.runJobs();
  return { nodes, redis };
}

/** Reads again and again, as a screen does. Returns what ends it. */
function startProbe(server: TestServer, token: string) {
  const seen = { statuses: [] as number[], slowestMs: 0 };
  const over = new AbortController();
  const done = (async () => {
    while (!over.signal.aborted) {
      const startedAt = performance.now();
      seen.statuses.push((await server.get('/me', token)).status);
      seen.slowestMs = Math.max(seen.slowestMs, performance.now() - startedAt);
      await sleep(50);
    }
  })();
  return async () => {
    over.abort();
    await done;
    return seen;
  };
}

async function allTold(streams: readonly EventStream[], timeoutMs: number): Promise<void> {
  const isTold = (stream: EventStream) =>
    stream.of('notification').filter(({ data }) => data.eventType === 'certificate.issued').length === 1;
  await waitFor('each is told of the certificate', () => streams.every(isTold), timeoutMs);
}

/** News passes from node to node by Redis: sooner than any look without a hint is sure to come. */
async function usedAgain(first: TestServer, second: TestServer, learner: Learner): Promise<void> {
  let wasQuick = false;
  await waitFor('a hint arrives', async () => {
    const heard = new Promise<boolean>((resolve) => {
      const stop = first.open.deps.signals.listen({
        hear: (_topic, ids) => resolve(ids.includes(learner.id)),
        miss() {},
      });
      setTimeout(() => {
        stop();
        resolve(false);
      }, 500);
    });
    second.open.deps.signals.tell('news', [learner.id]);
    wasQuick = await heard;
    return wasQuick;
  });
  assert.ok(wasQuick);
}
