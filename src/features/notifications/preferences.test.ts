import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { listWanting } from './commands/list-wanting.ts';

const path = '/me/notification-preferences';

suite('notification preferences', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const wanting = (userIds: string[]) => listWanting(server.open.deps.db, 'grade', 'email', userIds);

  test('everything is on until it is switched off, and only admins see what concerns admins alone', async () => {
    const { status, body } = await server.get(path, people.student.token);
    assert.equal(status, 200);
    const on = { email: true, inApp: true };
    assert.deepEqual(body, {
      enrollment: on,
      completion: on,
      certificateRevoked: on,
      grade: on,
      reminder: on,
    });
    assert.deepEqual((await server.get(path, people.admin.token)).body, { ...body, webhookDisabled: on });
  });

  test('one channel of one kind is switched off alone; null is the default again', async () => {
    const { token, id } = await server.registerStudent();
    const off = await server.patch(path, { grade: { email: false }, reminder: { inApp: false } }, token);
    assert.equal(off.status, 200, off.text);
    assert.deepEqual(off.body.grade, { email: false, inApp: true });
    assert.deepEqual(off.body.reminder, { email: true, inApp: false });
    assert.deepEqual(await wanting([id, people.student.id]), [people.student.id]);
    // Again is the same; what is not named stays.
    await server.patch(path, { grade: { email: false } }, token);
    assert.deepEqual((await server.get(path, token)).body, off.body);
    const back = await server.patch(path, { grade: { email: null }, reminder: null }, token);
    assert.deepEqual(back.body.grade, { email: true, inApp: true });
    assert.deepEqual(back.body.reminder, { email: true, inApp: true });
    assert.deepEqual(await wanting([id]), [id]);
    assert.deepEqual(await wanting([]), []);
  });

  test('unknown kinds and channels, and what is no boolean, are refused', async () => {
    const { token } = people.student;
    for (const bad of [{ passwordReset: { email: false } }, { grade: { sms: true } }]) {
      const { status, body } = await server.patch(path, bad, token);
      assert.deepEqual([status, body.code], [400, 'unknown_field']);
    }
    for (const bad of [{ grade: { email: 'no' } }, { grade: false }, [], 7])
      assert.equal((await server.patch(path, bad, token)).status, 400, JSON.stringify(bad));
  });

  test('two changes of different kinds at once both stay', async () => {
    const { token } = await server.registerStudent();
    const kinds = ['enrollment', 'completion', 'grade', 'reminder'];
    const answers = await Promise.all(
      kinds.map((kind) => server.patch(path, { [kind]: { email: false } }, token)),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    );
    const { body } = await server.get(path, token);
    assert.deepEqual(
      kinds.map((kind) => body[kind].email),
      [false, false, false, false],
    );
  });
});
