import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { createClient } from '#test/client.ts';
import { buildCourse, joinCourse, learn, ok, waitForCertificate } from '#test/loop.ts';
import { waitFor } from '#test/wait.ts';
import { buildImage, noEngine, run, runName } from './docker.ts';
import { assertConfined } from './hardening.ts';
import { startStack } from './stack.ts';

const image = `${runName}:others`;
const demoAdmin = { email: 'admin@example.com', password: 'Demo-pass-2026' };

suite('the other compose files', { skip: noEngine }, () => {
  before(async () => {
    await buildImage(image);
  });
  after(async () => {
    await run('docker', ['image', 'rm', '--force', image]);
  });

  test('demonstration: confined as production, the academy is there, says what it is, and its accounts cannot be taken', async (t) => {
    const stack = await startStack({ file: 'compose.demo.yaml', image });
    t.after(() => stack.stop());
    await assertConfined(stack, { hasBackups: false });
    const api = createClient(stack.baseUrl);
    const { accessToken, user } = await ok(api.post('/auth/login', demoAdmin), 200);
    const page = await (await fetch(`${stack.address}/docs`)).text();
    assert.match(page, /This is a demonstration\./);
    const taken = await api.patch(`/users/${user.id}`, { status: 'deactivated' }, accessToken);
    assert.deepEqual([taken.status, taken.body.code], [403, 'closed_in_demo']);
    // Its own certificates are drawn by the worker.
    const student = await ok(api.post('/auth/login', { ...demoAdmin, email: 'student@example.com' }), 200);
    const hasPdf = async () => {
      const { items } = await ok(api.get('/me/certificates', student.accessToken), 200);
      if (items.length === 0) return false;
      return (await api.get(`/certificates/${items[0].id}/pdf`, student.accessToken)).status === 200;
    };
    await waitFor('a certificate', hasPdf, 60_000);
    // The nightly reset empties tables, which their owner alone may; nobody else has its address.
    for (const [service, has] of [
      ['worker', true],
      ['api', false],
      ['scheduler', false],
    ] as const) {
      const secrets = await stack.compose(['exec', '-T', service, 'ls', '/run/secrets']);
      assert.equal(secrets.includes('database_owner_url'), has, service);
    }
    // A second start leaves what is there.
    const again = await stack.compose(['run', '--rm', '-T', 'seed']);
    assert.match(again, /stays as it is/);
  });

  test('development: the loop goes on its port, mails stand in the outbox, and code that changes is run', async (t) => {
    const copy = mkdtempSync(path.join(tmpdir(), 'lms-development-'));
    for (const name of ['compose.yaml', 'Dockerfile', 'src', 'migrations'])
      cpSync(path.resolve(name), path.join(copy, name), { recursive: true });
    t.after(() => rmSync(copy, { recursive: true, force: true }));
    const stack = await startStack({ file: path.join(copy, 'compose.yaml'), image });
    t.after(() => stack.stop());
    const address = `http://${await stack.compose(['port', 'api', '8000'])}`;
    const api = createClient(`${address}/api/v1`);
    const input = 'a-password-of-development\n';
    const create = ['admin', 'create', '--email=root@example.com', '--name=Root'];
    await stack.compose(['exec', '-T', 'api', 'node', 'src/main.ts', ...create], { input });
    const login = { email: 'root@example.com', password: input.trim() };
    const { accessToken } = await ok(api.post('/auth/login', login), 200);
    const course = await buildCourse(api, accessToken, 'Developing');
    const learner = await joinCourse(api, course, 'A Learner');
    await learn(api, course, learner);
    await waitForCertificate(api, learner, 60_000);
    const showsMail = async () => (await (await fetch(`${address}/outbox`)).text()).includes('Developing');
    await waitFor('the mail of the completion', showsMail, 120_000);

    const file = path.join(copy, 'src/app/openapi.ts');
    const { status, stderr } = await run('sed', [
      '-i',
      "s/title: 'LMS API'/title: 'Changed while it ran'/",
      file,
    ]);
    assert.equal(status, 0, stderr);
    const isChanged = async () => {
      const answer = await api.get('/openapi.json').catch(() => undefined);
      return answer?.body?.info?.title === 'Changed while it ran';
    };
    await waitFor('the change', isChanged, 120_000);
  });
});
