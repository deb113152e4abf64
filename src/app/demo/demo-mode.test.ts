import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import { jobs } from '#app/jobs.ts';
import { schedulesFor } from '#app/schedule.ts';
import { uploadFile } from '#test/files.ts';
import { checkInvariants } from '#test/invariants.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { findDemoAccounts } from './accounts.ts';
import { demoNotices } from './banner.ts';
import { demoAcademy } from './content/academy.ts';
import { resetDemoAcademy } from './reset.ts';

const demo = { env: { DEMO_MODE: 'true', ENVIRONMENT: 'demo' } };

suite('a demonstration', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer(demo);
  });
  after(() => server.stop());

  test('begins anew: what visitors made is gone, the academy is as on its first day, and the log is closed again', async () => {
    const { deps } = server.open;
    const visitor = await server.registerStudent('A Visitor');
    const file = await uploadFile(server, visitor, 'of a visitor');
    const stored = await Array.fromAsync(deps.files.list('files/'));
    assert.equal(stored.length, 1);

    const lesser = { ...deps, config: { ...deps.config, databaseOwnerUrl: null } };
    await assert.rejects(resetDemoAcademy(lesser), /needs DATABASE_OWNER_URL, the address of the owner/);
    assert.equal(await resetDemoAcademy(deps), 'reset');
    assert.equal((await server.get('/me', visitor.token)).status, 401);
    const people = await deps.db.selectFrom('app_user').select('email').execute();
    assert.deepEqual(
      people.map(({ email }) => email).toSorted(),
      demoAcademy.people.map(({ email }) => email).toSorted(),
    );
    assert.deepEqual(await Array.fromAsync(deps.files.list('files/')), []);
    assert.equal(
      await deps.db.selectFrom('file').select('id').where('id', '=', file.id).executeTakeFirst(),
      undefined,
    );
    await assert.rejects(sql`truncate event`.execute(server.ownerDb), /append-only/);

    await server.runJobs();
    await checkInvariants(server.open.deps.config.databaseUrl ?? '');
    assert.equal((await findDemoAccounts(deps)).length, 3);
    assert.ok((await Array.fromAsync(deps.files.list('certificates/'))).length > 0);
  });

  test('is reset nightly by a job that workers know; no other installation is', () => {
    const isReset = ({ job }: { job: { name: string } }) => job.name === 'demo.reset';
    assert.equal(schedulesFor({ demoMode: true }).filter(isReset).length, 1);
    assert.equal(schedulesFor({ demoMode: false }).filter(isReset).length, 0);
    assert.ok(jobs.some(({ definition }) => definition.name === 'demo.reset'));
  });

  test('nobody takes an account from others, and nothing is sent out', async () => {
    const admin = await makePerson(server, 'admin');
    const id = admin.id;
    const calls: [string, string, object?][] = [
      ['PATCH', `/users/${id}`, { role: 'student' }],
      ['DELETE', `/users/${id}`],
      ['PUT', `/auth/password-resets/${'x'.repeat(43)}`, { password: 'another-pass-phrase' }],
      ['POST', '/webhooks', { url: 'https://hooks.example.com', events: ['*'] }],
      ['POST', `/webhooks/${id}/test`],
      ['POST', `/webhooks/${id}/deliveries/${id}/redelivery`],
      ['POST', `/webhooks/${id}/redeliveries`, { from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' }],
    ];
    for (const [method, path, body] of calls) {
      const answer = await server.request(method, path, { token: admin.token, body });
      assert.deepEqual([answer.status, answer.body.code], [403, 'closed_in_demo'], `${method} ${path}`);
    }
    const form = await fetch(`${server.address}/reset-password`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'token=x&password=another-pass-phrase&repeat=another-pass-phrase',
    });
    assert.equal(form.status, 403);
  });

  test('every page and the document of the API say what it is', async () => {
    for (const [language, notice] of Object.entries(demoNotices)) {
      const page = await fetch(`${server.address}/verify/NONE`, { headers: { 'accept-language': language } });
      assert.ok((await page.text()).includes(`<aside class="notice">${notice}</aside>`), language);
    }
    const docs = await (await fetch(`${server.address}/docs`)).text();
    assert.ok(docs.includes(demoNotices.en));
    const { info } = (await server.get('/openapi.json')).body;
    assert.ok(info.description.includes(demoNotices.en));
  });
});

suite('an installation that is no demonstration', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  test('is never emptied, and its pages say nothing', async () => {
    const person = await server.registerStudent();
    assert.equal(await resetDemoAcademy(server.open.deps), 'notAllowed');
    const embedded = { ...server.open.deps.config, databaseUrl: null };
    assert.equal(await resetDemoAcademy({ ...server.open.deps, config: embedded }), 'notAllowed');
    assert.equal((await server.get('/me', person.token)).status, 200);
    const page = await (await fetch(`${server.address}/verify/NONE`)).text();
    assert.doesNotMatch(page, /demonstration/);
  });
});
