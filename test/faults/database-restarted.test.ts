import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type Answer, type Client } from '#test/client.ts';
import { makeSystem } from '#test/faults/system.ts';
import { waitForInvariants } from '#test/invariants.ts';
import { buildCourse, joinCourse, learn, waitForCertificate, type LoopCourse } from '#test/loop.ts';
import { startPostgres } from '#test/postgres.ts';
import { startProgram } from '#test/program.ts';
import { waitFor } from '#test/wait.ts';

const longestRequestMs = 12_000;

suite('PostgreSQL restarted under load', () => {
  test('no request hangs, no error lasts, nothing that was answered is lost', async (t) => {
    const postgres = await startPostgres(t);
    const { env, api: program, teacherToken } = await makeSystem(t, postgres.url);
    const worker = await startProgram(t, ['worker'], { env });
    const plain = createClient(program.baseUrl);
    const course = await buildCourse(plain, teacherToken, 'Restarting databases');
    const seen = { unavailable: 0, slowestMs: 0 };
    const patient = retrying(plain, seen);
    let isOver = false;
    const load = Array.from({ length: 6 }, (_, index) =>
      studyAgainAndAgain(patient, course, `Learner ${index}`, () => isOver),
    );
    const all = Promise.all(load);
    all.catch(() => {});
    for (let restarts = 0; restarts < 3; restarts++) {
      await sleep(1_500);
      process.kill(postgres.pid, 'SIGINT');
    }
    await sleep(2_000);
    isOver = true;
    const learners = (await all).flat();
    assert.ok(learners.length >= 6, `${learners.length} learners went through`);
    assert.ok(seen.unavailable > 0, 'the restarts were felt');
    assert.ok(seen.slowestMs < longestRequestMs, `the slowest request took ${Math.round(seen.slowestMs)} ms`);
    await waitFor('ready again', async () => (await plain.get('/ready')).status === 200, 15_000);
    for (const learner of learners) await waitForCertificate(patient, learner, 60_000);
    await waitForInvariants(env.DATABASE_URL, 60_000);
    assert.ok(worker.isRunning() && program.isRunning());
  });
});

async function studyAgainAndAgain(api: Client, course: LoopCourse, name: string, isOver: () => boolean) {
  const done = [];
  for (let round = 0; !isOver(); round++) {
    const learner = await joinCourse(api, course, `${name} round ${round}`);
    await learn(api, course, learner);
    done.push(learner);
  }
  return done;
}

/** As a front end behaves: 503 is tried again, after a pause. Anything else is an answer. */
function retrying(api: Client, seen: { unavailable: number; slowestMs: number }): Client {
  const patiently =
    (method: string) =>
    async (...args: unknown[]): Promise<Answer> => {
      for (let tries = 0; ; tries++) {
        const startedAt = performance.now();
        const answer = await (api[method as 'get'] as (...each: unknown[]) => Promise<Answer>)(...args);
        seen.slowestMs = Math.max(seen.slowestMs, performance.now() - startedAt);
        if (answer.status !== 503 || tries === 60) return tries === 0 ? answer : settle(api, args, answer);
        seen.unavailable++;
        await sleep(250);
      }
    };
  const methods = ['get', 'post', 'put', 'patch', 'delete'].map((method) => [method, patiently(method)]);
  return { ...api, ...Object.fromEntries(methods) } as Client;
}

// The first try may have been done although its answer was lost.
async function settle(api: Client, [path, body]: unknown[], answer: Answer): Promise<Answer> {
  if (path !== '/auth/register' || answer.status !== 409) return { ...answer, isRepeated: true };
  const { email, password } = body as { email: string; password: string };
  return { ...(await api.post('/auth/login', { email, password })), isRepeated: true };
}
