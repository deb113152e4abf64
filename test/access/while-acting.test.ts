import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { newId } from '#platform/ids.ts';
import { makeMember, ok } from '#test/factors.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { readOperations, type Operation } from './operations.ts';
import { openWhileActing, readsOfOnesOwn } from './while-acting.ts';

suite('while an admin acts as somebody', () => {
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

  test('all that changes something is closed, but what is listed', () => {
    const changing = operations
      .filter(({ method }) => method !== 'GET')
      .map(({ operationId }) => operationId);
    const open = changing.filter((operationId) => !closed.has(operationId));
    assert.deepEqual(open.toSorted(), Object.keys(openWhileActing).toSorted());
  });

  test('whatever reads what is one’s own is open or closed as it is listed, and no other reading is closed', () => {
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
