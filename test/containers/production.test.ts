import assert from 'node:assert/strict';
import { after, before, suite, test, type TestContext } from 'node:test';
import type { Client } from '#test/client.ts';
import { createFrontEnd, nothingSeen, type Seen } from '#test/faults/front-end.ts';
import { assertAllIsWell, startLearning } from '#test/faults/learning.ts';
import { whenReached } from '#test/faults/revived.ts';
import { buildCourse, type Learner, type LoopCourse } from '#test/loop.ts';
import { startSmtpServer, type SmtpServer } from '#test/smtp.ts';
import { waitFor } from '#test/wait.ts';
import { buildImage, docker, inspect, noEngine, run, runName } from './docker.ts';
import { assertConfined } from './hardening.ts';
import { makeStaff } from './people.ts';
import { mustRun, startStack, untilHealthy, type Stack } from './stack.ts';

const images = { first: `${runName}:first`, second: `${runName}:second`, broken: `${runName}:broken` };
const atATime = 4;
// A learner writes eight times.
const writesOfOne = 8;
const mailPort = 2525;
// Of a busy machine.
const patienceMs = 120_000;

suite('production compose: three API replicas and two workers behind nginx', { skip: noEngine }, () => {
  let stack: Stack;
  let smtp: SmtpServer;
  let teacherToken = '';
  let course: LoopCourse;
  // All that ever learned here: the whole database is looked at in the end.
  const learners: Learner[] = [];
  const seen = nothingSeen();

  before(async () => {
    await buildImage(images.first, { VERSION: '1.0.0' });
    await buildImage(images.second, { VERSION: '2.0.0' });
    stack = await startStack({
      file: 'compose.prod.yaml',
      image: images.first,
      settings: (gateway) => ({
        PUBLIC_URL: 'https://localhost',
        // One address stands for all learners here.
        RATE_LIMITS_ENABLED: 'false',
        // Who registers goes on learning at once.
        REQUIRE_EMAIL_VERIFICATION_FOR_LOGIN: 'false',
        SMTP_HOST: gateway,
        SMTP_PORT: String(mailPort),
        SMTP_USE_TLS: 'false',
        EMAIL_FROM: 'learn@lms.example.com',
      }),
      scale: { api: 3, worker: 2 },
    });
    smtp = await startSmtpServer({ host: stack.gateway, port: mailPort });
    const staff = await makeStaff(stack);
    teacherToken = staff.teacherToken;
    course = await buildCourse(staff.api, teacherToken, 'Learning in containers');
  });
  after(async () => {
    await stack.stop();
    await smtp.stop();
    await run('docker', ['image', 'rm', '--force', ...Object.values(images)]);
  });

  /** Has people learn while `work` is done, and tells what they met meanwhile. */
  async function whileTheyLearn(
    t: TestContext,
    work: (api: Client, seen: Seen) => Promise<void>,
  ): Promise<Seen> {
    const own = nothingSeen();
    const api = createFrontEnd(t, () => [stack.baseUrl], own);
    const learning = startLearning(api, course, { atATime });
    await whenReached(() => own.told.length, atATime * 2);
    await Promise.race([work(api, own), learning.done]);
    const later = own.told.length + atATime * writesOfOne;
    await whenReached(() => own.told.length, later);
    learners.push(...(await learning.stop()));
    seen.told.push(...own.told);
    t.diagnostic(
      `${own.requests} requests, ${own.broken} broken, ${own.unavailable} unavailable, slowest ${Math.round(own.slowestMs)} ms`,
    );
    return own;
  }

  test('each container has its limits, no rights that it does not need, and only the proxy is published', async () => {
    await assertConfined(stack);
  });

  test('no secret stands in the environment or the arguments of a container', async () => {
    const secrets = [new URL(await stack.databaseUrl()).password, new URL(stack.appUrl()).password];
    const ids = (await stack.compose(['ps', '--all', '--quiet'])).split('\n');
    const shown = await docker(['container', 'inspect', ...ids]);
    for (const secret of secrets) assert.equal(shown.includes(secret), false);
    assert.doesNotMatch(
      shown,
      /"(SECRET_KEY|ENCRYPTION_KEY|BACKUP_KEY|DATABASE_URL|DATABASE_OWNER_URL|POSTGRES_PASSWORD)=/,
    );
  });

  test('api, worker and scheduler serve by an account that makes, changes and empties no table, and have no other', async () => {
    for (const service of ['api', 'worker', 'scheduler']) {
      const secrets = await stack.compose(['exec', '-T', service, 'ls', '/run/secrets']);
      assert.match(secrets, /^database_url$/m);
      assert.doesNotMatch(secrets, /owner|database_password/, service);
    }
    const ask = (statement: string) => {
      const psql = `psql --no-psqlrc --quiet --command="$0" "$(cat /run/secrets/database_url)"`;
      return run('docker', ['compose', 'exec', '-T', 'api', 'sh', '-c', psql, statement], { env: stack.env });
    };
    for (const statement of [
      'create table mine (id integer)',
      'create temp table mine (id integer)',
      'drop table course',
      'truncate audit_entry',
      'alter table audit_entry disable trigger all',
      'delete from event',
      'set role lms',
    ]) {
      const { status, stderr } = await ask(statement);
      assert.notEqual(status, 0, statement);
      assert.match(stderr, /permission denied|must be owner/, statement);
    }
    const { status, stderr } = await ask('select from app_user');
    assert.equal(status, 0, stderr);
    const look = ['compose', 'exec', '-T', 'worker', 'node', 'src/main.ts', 'doctor'];
    const { stdout } = await run('docker', look, { env: stack.env });
    assert.match(stdout, /^ok +account +lms_app reads and writes rows, and changes no table$/m);
  });

  test('the learning loop goes through nginx over TLS without a failed request', async (t) => {
    const met = await whileTheyLearn(t, async () => {});
    assert.deepEqual([met.broken, met.unavailable], [0, 0]);
  });

  test('an API replica that is killed fails at most what it had in hand, and comes back', async (t) => {
    const met = await whileTheyLearn(t, async (_api, { told }) => {
      const [victim] = await stack.containers('api');
      await stack.crash(victim!);
      const isBack = async () => (await inspect(victim!.Id)).RestartCount > 0;
      await waitFor('it was restarted', isBack, patienceMs);
      await whenReached(() => told.length, told.length + 2 * atATime);
      await untilHealthy(stack, 'api');
    });
    assert.ok(met.broken <= atATime, `${met.broken} broken`);
    assert.equal(met.unavailable, 0);
  });

  test('a worker that is killed loses no job, and fails no request', async (t) => {
    const met = await whileTheyLearn(t, async () => {
      const [victim] = await stack.containers('worker');
      await stack.crash(victim!);
      await untilHealthy(stack, 'worker');
    });
    assert.deepEqual([met.broken, met.unavailable], [0, 0]);
  });

  test('a restart of the database is 503 for its time, and all goes on by itself', async (t) => {
    const met = await whileTheyLearn(t, async () => {
      await stack.compose(['restart', 'db']);
      await untilHealthy(stack, 'db');
    });
    assert.equal(met.broken, 0);
    for (const service of ['api', 'worker', 'scheduler']) await untilHealthy(stack, service);
  });

  test('rolling to another image fails no request, and leaves none of the old', async (t) => {
    const met = await whileTheyLearn(t, async () => {
      const { stderr } = await mustRun('deploy/roll.sh', [images.second], stack.env);
      assert.equal(stderr.match(/replaced one api/g)?.length, 3);
    });
    assert.deepEqual([met.broken, met.unavailable], [0, 0]);
    const second = await docker(['image', 'inspect', '--format', '{{.Id}}', images.second]);
    for (const [service, replicas] of Object.entries({ api: 3, worker: 2, scheduler: 1 })) {
      const containers = await stack.containers(service);
      assert.deepEqual(
        containers.map(({ Image }) => Image),
        Array.from({ length: replicas }, () => second),
      );
    }
    stack.env['LMS_IMAGE'] = images.second;
  });

  test('rolling to an image that does not become healthy is taken back by itself', async (t) => {
    // It migrates, and then does not start.
    const start = 'test "$1" = migrate && exec node src/main.ts migrate; echo this one is broken; exit 1';
    const broken = `FROM ${images.second}\nENTRYPOINT ${JSON.stringify(['sh', '-c', start, 'lms'])}\n`;
    await docker(['build', '--quiet', '--tag', images.broken, '-'], { input: broken });
    const before = (await stack.containers('api')).map(({ Id }) => Id);
    const met = await whileTheyLearn(t, async () => {
      const { status, stderr } = await run('deploy/roll.sh', [images.broken], { env: stack.env });
      assert.equal(status, 1, stderr);
      assert.match(stderr, /this one is broken/);
    });
    assert.deepEqual([met.broken, met.unavailable], [0, 0]);
    assert.deepEqual((await stack.containers('api')).map(({ Id }) => Id).toSorted(), before.toSorted());
  });

  test('after all that nothing is lost, nothing doubled, and every mail has arrived', async (t) => {
    const api = createFrontEnd(t, () => [stack.baseUrl], nothingSeen());
    await assertAllIsWell(t, await stack.databaseUrl(), { api, learners, seen });
    const completions = smtp.taken.filter(({ mail }) => mail.subject?.includes(course.title));
    assert.ok(completions.length >= learners.length);
  });
});
