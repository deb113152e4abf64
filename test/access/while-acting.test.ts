import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { newId } from '#platform/ids.ts';
import { makeMember, makeStale, ok } from '#test/factors.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { readOperations, type Operation } from './operations.ts';
import { alwaysStepUp, sometimesStepUp, stepUpByThing } from './step-up.ts';
import { openWhileActing, readsOfOnesOwn } from './while-acting.ts';

suite('what some sessions do not open', () => {
  let server: TestServer;
  let closed: Set<string>;
  let operations: readonly Operation[];
  before(async () => {
    server = await startTestServer();
    operations = [...(await readOperations(server)).values()];
    const admin = await makeMember(server, 'admin');
    const person = await makeMember(server, 'instructor');
    const path = `/users/${person.id}/impersonations`;
    const begun = ok(await server.post(path, { reason: 'To see what is closed' }, admin.token));
    const token = begun.accessToken as string;
    closed = new Set();
    // Logging out is open, and would end it.
    for (const each of operations.filter(({ operationId }) => operationId !== 'logout')) {
      const { status, body } = await server.request(each.method, pathOf(each), { token });
      if (status === 403 && body.code === 'not_while_acting') closed.add(each.operationId);
    }
    assert.equal((await server.get('/me', token)).status, 200);
    assert.equal((await server.post('/auth/logout', undefined, token)).status, 204);
  });
  after(() => server.stop());

  /** What an admin’s session of an hour ago is refused for. */
  const isRefusedStale = async (each: Operation, token: string, body?: unknown) => {
    const answer = await server.request(each.method, pathOf(each), { token, body });
    return answer.status === 403 && answer.body.code === 'step_up_required';
  };

  test('a sign-in of late is wanted of exactly what is listed, and the document says so', async () => {
    const admin = await makeMember(server, 'admin');
    await makeStale(server, admin.id);
    const refused: string[] = [];
    for (const each of operations.filter(({ operationId }) => operationId !== 'logout'))
      if (await isRefusedStale(each, admin.token)) refused.push(each.operationId);
    assert.equal((await server.get('/me', admin.token)).status, 200);
    assert.deepEqual(refused.toSorted(), Object.keys(alwaysStepUp).toSorted());
    const marked = (as: string) =>
      operations.flatMap(({ stepUp, operationId }) => (stepUp === as ? [operationId] : [])).toSorted();
    assert.deepEqual(marked('always'), refused.toSorted());
    const sometimes = [...Object.keys(sometimesStepUp), ...Object.keys(stepUpByThing)];
    assert.deepEqual(marked('sometimes'), sometimes.toSorted());
    for (const { stepUp, refusal, operationId } of operations)
      assert.equal(refusal.includes('step_up_required'), stepUp !== undefined, operationId);
  });

  for (const [operationId, { wants, wantsNot }] of Object.entries(sometimesStepUp)) {
    test(`a sign-in of late is wanted of ${operationId} for what is listed, and for nothing else`, async () => {
      const admin = await makeMember(server, 'admin');
      await makeStale(server, admin.id);
      const each = operations.find((operation) => operation.operationId === operationId);
      assert.ok(each);
      for (const body of wants)
        assert.ok(await isRefusedStale(each, admin.token, body), JSON.stringify(body));
      assert.ok(!(await isRefusedStale(each, admin.token, wantsNot)), JSON.stringify(wantsNot));
    });
  }

  test('while an admin acts as somebody all that changes something is closed, but what is listed', () => {
    const changing = operations
      .filter(({ method }) => method !== 'GET')
      .map(({ operationId }) => operationId);
    const open = changing.filter((operationId) => !closed.has(operationId));
    assert.deepEqual(open.toSorted(), Object.keys(openWhileActing).toSorted());
  });

  test('while an admin acts as somebody whatever reads what is one’s own is open or closed as it is listed, and no other reading is closed', () => {
    const reading = operations.filter(({ method }) => method === 'GET');
    const own = reading.filter(({ path }) => /^\/api\/v1\/me(?:\/|$)/.test(path));
    const found = own.map(({ operationId }) => [operationId, closed.has(operationId) ? 'closed' : 'open']);
    const listed = Object.entries(readsOfOnesOwn);
    assert.deepEqual(found.toSorted(), listed.toSorted());
    const others = reading.filter((each) => !own.includes(each) && closed.has(each.operationId));
    assert.deepEqual(
      others.map(({ operationId }) => operationId),
      [],
    );
  });
});

function pathOf({ path, operationId }: Operation): string {
  const address = path.replace(/^\/api\/v1/, '').replaceAll(/\{\w+\}/g, newId());
  // Else it would not end.
  return operationId === 'followEvents' ? `${address}?follow=false` : address;
}
