import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { Client } from '#test/client.ts';
import { waitForInvariants, withClient } from '#test/invariants.ts';
import { joinCourse, learn, waitForCertificate, type Learner, type LoopCourse } from '#test/loop.ts';
import type { Seen } from './front-end.ts';
import { assertToldIsThere } from './told.ts';

export type Learning = {
  /** Those who have completed, when there are as many as were wanted. */
  done: Promise<Learner[]>;
  /** Lets those who have begun complete; no other begins. */
  stop(): Promise<Learner[]>;
};

/** Learners who register one after the other, some at a time, each of whom goes through the whole loop. */
export function startLearning(
  api: Client,
  course: LoopCourse,
  { atATime, count = Number.MAX_SAFE_INTEGER }: { atATime: number; count?: number },
): Learning {
  const learners: Learner[] = [];
  let begun = 0;
  const ending = new AbortController();
  const one = async () => {
    while (begun < count && !ending.signal.aborted) {
      const learner = await joinCourse(api, course, `Learner ${++begun}`);
      await learn(api, course, learner);
      learners.push(learner);
    }
  };
  const done = Promise.all(Array.from({ length: atATime }, one)).then(() => learners);
  // Whoever waits for it is told; until then a failure must not end the process.
  done.catch(() => {});
  return {
    done,
    stop() {
      ending.abort();
      return done;
    },
  };
}

/**
 * What must be true when all is quiet again, for the whole database: every invariant, and of each learner one account,
 * enrollment, attempt and certificate, which no constraint forbids to be more, and all that clients were told.
 */
export async function assertAllIsWell(
  t: TestContext,
  databaseUrl: string,
  { api, learners, seen }: { api: Client; learners: readonly Learner[]; seen: Seen },
): Promise<void> {
  for (const learner of learners) await waitForCertificate(api, learner, 60_000);
  await waitForInvariants(databaseUrl, 90_000);
  const told = await assertToldIsThere(databaseUrl, seen.told);
  const { rows } = await withClient(databaseUrl, (client) =>
    client.query(`select
      (select count(*)::int from app_user where role = 'student') as students,
      (select count(*)::int from enrollment) as enrollments,
      (select count(*)::int from attempt) as attempts,
      (select count(*)::int from certificate) as certificates`),
  );
  const count = learners.length;
  assert.deepEqual(rows[0], { students: count, enrollments: count, attempts: count, certificates: count });
  t.diagnostic(
    `${count} learners, ${seen.requests} requests, ${seen.broken} broken, ${seen.unavailable} unavailable, ` +
      `${seen.waiting} waits for a key, slowest ${Math.round(seen.slowestMs)} ms; ${told} writes told and found`,
  );
}
