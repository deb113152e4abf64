import assert from 'node:assert/strict';
import { suite, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type Client } from '#test/client.ts';
import { createFrontEnd, nothingSeen, type Seen } from '#test/faults/front-end.ts';
import { seededRandom, type Random } from '#test/faults/random.ts';
import { startRevived, whenReached, type Revived } from '#test/faults/revived.ts';
import { makeSystem } from '#test/faults/system.ts';
import { assertToldIsThere } from '#test/faults/told.ts';
import { waitForInvariants, withClient } from '#test/invariants.ts';
import {
  buildCourse,
  joinCourse,
  learn,
  waitForCertificate,
  type Learner,
  type LoopCourse,
} from '#test/loop.ts';

const learnerCount = 200;
const atATime = 12;
// Each learner writes eight times: the last kill comes while some still learn.
const writesWithKills = learnerCount * 7;
const killsOfEach = 7;

suite('kill -9 at random moments', () => {
  test('of API, worker and scheduler, while 200 learners learn: nothing lost, nothing doubled, no job left', async (t) => {
    const random = seededRandom(t);
    const { env, api: first, teacherToken } = await makeSystem(t);
    const course = await buildCourse(createClient(first.baseUrl), teacherToken, 'Surviving kills');
    await first.stop();
    const roles = [
      startRevived(t, ['api'], { env }),
      startRevived(t, ['worker'], { env }),
      startRevived(t, ['scheduler'], { env }),
    ];
    const [api] = roles as [Revived];
    const seen = nothingSeen();
    const frontEnd = createFrontEnd(t, () => [api.baseUrl()], seen);
    let isOver = false;
    const killing = killAtRandom(random, roles, seen, () => isOver);
    killing.catch(() => {});
    const learners = await goThroughLoop(frontEnd, course);
    isOver = true;
    await killing;
    for (const role of roles) await role.ready();
    for (const learner of learners) await waitForCertificate(frontEnd, learner, 60_000);
    await waitForInvariants(env.DATABASE_URL, 60_000);
    const told = await assertToldIsThere(env.DATABASE_URL, seen.told);
    await assertOnceEach(env.DATABASE_URL);
    for (const role of roles)
      assert.ok(role.kills() >= killsOfEach - 2, `${role.role} was killed ${role.kills()} times`);
    assert.ok(seen.broken > 0, 'the kills were felt');
    report(t, roles, seen, told);
  });
});

/** A few at a time, until all have completed. */
async function goThroughLoop(api: Client, course: LoopCourse): Promise<Learner[]> {
  const learners: Learner[] = [];
  let next = 0;
  const one = async () => {
    while (next < learnerCount) {
      const learner = await joinCourse(api, course, `Learner ${next++}`);
      await learn(api, course, learner);
      learners.push(learner);
    }
  };
  await Promise.all(Array.from({ length: atATime }, one));
  return learners;
}

/** Kills each role so many times, in any order, each time when a drawn number of writes is done. */
async function killAtRandom(
  random: Random,
  roles: readonly Revived[],
  seen: Seen,
  isOver: () => boolean,
): Promise<void> {
  const moments = roles
    .flatMap((role) =>
      Array.from({ length: killsOfEach }, () => ({ role, at: random.below(writesWithKills) })),
    )
    .toSorted((a, b) => a.at - b.at);
  for (const { role, at } of moments) {
    await whenReached(() => seen.told.length, at, isOver);
    if (isOver()) return;
    await sleep(random.below(400));
    await role.kill();
  }
}

/** What no constraint of the database forbids, and what a request that was done twice would leave. */
async function assertOnceEach(databaseUrl: string): Promise<void> {
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query(`select
      (select count(*)::int from app_user where role = 'student') as students,
      (select count(*)::int from enrollment) as enrollments,
      (select count(*)::int from attempt) as attempts,
      (select count(*)::int from certificate) as certificates,
      (select count(*)::int from course) as courses`),
  );
  const wanted = {
    students: learnerCount,
    enrollments: learnerCount,
    attempts: learnerCount,
    certificates: learnerCount,
    courses: 1,
  };
  assert.deepEqual(rows[0], wanted);
}

function report(t: TestContext, roles: readonly Revived[], seen: Seen, told: number): void {
  const kills = roles.map((role) => `${role.role} ${role.kills()}`).join(', ');
  t.diagnostic(
    `kills: ${kills}; ${seen.requests} requests, ${seen.broken} broken, ${seen.unavailable} unavailable, ` +
      `${seen.waiting} waits for a key, slowest ${Math.round(seen.slowestMs)} ms; ${told} writes told and found`,
  );
}
