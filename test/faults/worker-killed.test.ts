import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { createClient } from '#test/client.ts';
import { makeSystem } from '#test/faults/system.ts';
import { waitForInvariants } from '#test/invariants.ts';
import { buildCourse, joinCourse, learn, ok, waitForCertificate } from '#test/loop.ts';
import { startProgram } from '#test/program.ts';

suite('a worker killed by kill -9', () => {
  test('while it makes certificates loses none and doubles none', async (t) => {
    const { env, api: program, adminToken, teacherToken } = await makeSystem(t);
    const api = createClient(program.baseUrl);
    const course = await buildCourse(api, teacherToken, 'Killing workers gently');
    const learners = await Promise.all(
      Array.from({ length: 12 }, (_, index) => joinCourse(api, course, `Learner ${index}`)),
    );
    for (const learner of learners) await learn(api, course, learner);
    // Each worker lives a little longer than the last, so that they die at different points of the work.
    for (const lifeMs of [50, 250, 450]) {
      const worker = await startProgram(t, ['worker', '--queues=certificates', '--concurrency=2'], { env });
      await sleep(lifeMs);
      await worker.kill();
    }
    await startProgram(t, ['worker'], { env });
    for (const learner of learners) await waitForCertificate(api, learner, 60_000);
    const all = await ok(api.get('/certificates?limit=100', adminToken), 200);
    assert.equal(all.items.length, learners.length);
    await waitForInvariants(env.DATABASE_URL, 60_000);
    assert.ok((await countRepeatedJobs(env.DATABASE_URL)) > 0, 'a worker died with a job in hand');
  });
});

async function countRepeatedJobs(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ count: string }>(
    'select count(*) as count from pgboss.job where retry_count > 0',
  );
  await client.end();
  return Number(rows[0]?.count);
}
