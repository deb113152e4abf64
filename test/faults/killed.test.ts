import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '#test/client.ts';
import { createFrontEnd, nothingSeen, type Seen } from '#test/faults/front-end.ts';
import { assertAllIsWell, startLearning } from '#test/faults/learning.ts';
import { assertReadableLog } from '#test/faults/night-log.ts';
import { assertAllWereTold, startOutside, subscribe } from '#test/faults/outside.ts';
import { seededRandom, type Random } from '#test/faults/random.ts';
import { startRevived, whenReached, type Revived } from '#test/faults/revived.ts';
import { makeSystem } from '#test/faults/system.ts';
import { buildCourse } from '#test/loop.ts';

const learnerCount = 200;
// Each learner writes eight times: the last kill comes while some still learn.
const writesWithKills = learnerCount * 7;
const killsOfEach = 7;

suite('kill -9 at random moments', () => {
  test('of API, worker and scheduler, while 200 learners learn: nothing lost, nothing doubled, no job left', async (t) => {
    const random = seededRandom(t);
    const outside = await startOutside(t);
    const system = await makeSystem(t, undefined, outside.env);
    const env = { ...outside.env, ...system.env };
    const plain = createClient(system.api.baseUrl);
    const course = await buildCourse(plain, system.teacherToken, 'Surviving kills');
    await subscribe(plain, system.adminToken, outside);
    await system.api.stop();
    const api = startRevived(t, ['api'], { env });
    const roles = [api, startRevived(t, ['worker'], { env }), startRevived(t, ['scheduler'], { env })];
    const seen = nothingSeen();
    const frontEnd = createFrontEnd(t, () => [api.baseUrl()], seen);
    const learning = startLearning(frontEnd, course, { atATime: 12, count: learnerCount });
    const killing = killAtRandom(random, roles, seen);
    const learners = await Promise.race([learning.done, killing.then(() => learning.done)]);
    await killing;
    for (const role of roles) await role.ready();
    await assertAllIsWell(t, env.DATABASE_URL, { api: frontEnd, learners, seen });
    await assertAllWereTold(t, env.DATABASE_URL, outside, learners);
    assert.ok(seen.broken > 0, 'the kills were felt');
    for (const program of roles.flatMap(({ programs }) => programs)) assertReadableLog(program);
    t.diagnostic(`kills: ${roles.map((role) => `${role.role} ${role.kills()}`).join(', ')}`);
  });
});

/** Kills each role so many times, in any order, each time when a drawn number of writes is done. */
async function killAtRandom(random: Random, roles: readonly Revived[], seen: Seen): Promise<void> {
  const moments = roles
    .flatMap((role) =>
      Array.from({ length: killsOfEach }, () => ({ role, at: random.below(writesWithKills) })),
    )
    .toSorted((a, b) => a.at - b.at);
  for (const { role, at } of moments) {
    await whenReached(() => seen.told.length, at);
    await sleep(random.below(400));
    await role.kill();
  }
}
