import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { auditActionNames } from '#platform/audit/actions.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { newId } from '#platform/ids.ts';
import type { Body } from '#test/client.ts';
import { makePeople, makePerson, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { readCsv } from './csv-testing.ts';

suite('the audit trail over HTTP', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const list = async (query: string): Promise<Body[]> => {
    const answer = await server.get(`/admin/audit-events?${query}`, people.admin.token);
    assert.equal(answer.status, 200, answer.text);
    return answer.body.items;
  };

  test('tells who changed a role, from where, and what it was before', async () => {
    const { id } = people.otherStudent;
    const headers = { 'user-agent': 'Firefox/1' };
    const changed = await server.patch(
      `/users/${id}`,
      { role: 'instructor', name: 'Ada' },
      people.admin.token,
      headers,
    );
    assert.equal(changed.status, 200, changed.text);
    const [entry] = await list(`targetId=${id}&action=user.role_changed`);
    const { id: entryId, at, sessionId, ...rest } = entry;
    assert.deepEqual(rest, {
      action: 'user.role_changed',
      outcome: 'done',
      actor: { kind: 'person', id: people.admin.id, name: people.admin.name },
      apiKeyId: null,
      impersonatorId: null,
      requestId: changed.headers.get('x-request-id'),
      address: '127.0.0.1',
      userAgent: 'Firefox/1',
      target: { kind: 'user', id },
      person: { id, name: 'Ada' },
      courseId: null,
      before: { role: 'student' },
      after: { role: 'instructor' },
      areDetailsErased: false,
      position: null,
    });
    assert.equal(at, server.clock.now().toISOString());
    const [started] = await list(`targetId=${sessionId}&action=session.started`);
    assert.equal(started.actor.id, people.admin.id, 'the session in which it was done');
    const read = await server.get(`/admin/audit-events/${entryId}`, people.admin.token);
    assert.deepEqual(read.body, entry);
    const [named] = await list(`personId=${id}&action=user.updated`);
    assert.deepEqual([named.before, named.after], [{ name: 'Other Student' }, { name: 'Ada' }]);
  });

  test('tells of a refused sign-in whose account it was, and never the address or the password', async () => {
    const { email, id } = people.student;
    const password = 'not-the-password-1';
    const wanted = { known: email, unknown: 'nobody-at-all@example.com' };
    const header = { authorization: `Bearer ${people.admin.token}` };
    for (const each of Object.values(wanted)) {
      const refused = await server.post(
        '/auth/login',
        { email: each.toUpperCase(), password },
        undefined,
        header,
      );
      assert.equal(refused.status, 401);
    }
    await server.post('/auth/login', { email: ` ${wanted.unknown}`.trim(), password });
    const entries = await list('action=session.refused&sort=at');
    assert.deepEqual(
      entries.map(({ outcome, actor, target }) => [outcome, actor.kind, actor.id, target.id]),
      [id, null, null].map((target) => ['refused', 'anonymous', null, target]),
    );
    const [first, second, third] = entries.map((each) => each.after.address as string);
    assert.notEqual(first, second);
    assert.equal(second, third, 'alike for alike addresses');
    const text = JSON.stringify(entries).toLowerCase();
    for (const secret of [...Object.values(wanted), password]) assert.ok(!text.includes(secret), secret);
  });

  test('tells who tried what they may not, where it would have changed something or needs a permission', async () => {
    const { token, id } = people.otherStudent;
    const student = await makePerson(server, 'student');
    await server.delete(`/users/${id}`, student.token);
    await server.get('/admin/queues', student.token);
    await server.post('/courses', { title: 'Mine' }, student.token);
    await server.get('/me', token);
    const tried = await list(`actorId=${student.id}&action=access.refused&sort=at`);
    assert.deepEqual(
      tried.map(({ outcome, after: now, target }) => [outcome, now.operation, target.id]),
      [
        ['refused', 'deactivateUser', id],
        ['refused', 'listQueues', null],
        ['refused', 'createCourse', null],
      ],
    );
  });

  test('is rolled back with the act that it tells of', async () => {
    const { audit, db } = server.open.deps;
    const targetId = newId();
    const undone = inTransaction(db, async (tx) => {
      await audit.record(tx, { action: 'course.published', targetId, courseId: targetId });
      throw new Error('undone');
    });
    await assert.rejects(undone, /undone/);
    assert.deepEqual(await list(`targetId=${targetId}`), []);
  });

  test('is filtered by who, whom, what, which course, outcome and time, and paged by one cursor', async () => {
    const course = await server.post('/courses', { title: 'Bees' }, people.instructor.token);
    const staff = `/courses/${course.body.id}/staff/${people.otherInstructor.id}`;
    await server.put(staff, { role: 'observer' }, people.instructor.token);
    server.clock.advance({ minutes: 1 });
    const between = server.clock.now().toISOString();
    await server.delete(staff, people.instructor.token);
    const actions = async (query: string) =>
      (await list(`courseId=${course.body.id}&${query}`)).map(({ action, before, after: now }) => [
        action,
        before?.role ?? null,
        now?.role ?? null,
      ]);
    const created = ['course.created', null, null];
    const added = ['course_staff.changed', null, 'observer'];
    const removed = ['course_staff.changed', 'observer', null];
    assert.deepEqual(await actions(''), [removed, added, created]);
    assert.deepEqual(await actions('sort=at'), [created, added, removed]);
    assert.deepEqual(await actions(`from=${between}`), [removed]);
    assert.deepEqual(await actions(`to=${between}`), [added, created]);
    assert.deepEqual(await actions(`personId=${people.otherInstructor.id}`), [removed, added]);
    assert.deepEqual(await actions(`actorId=${people.otherInstructor.id}`), []);
    assert.deepEqual(await actions('action=course.created,course.archived'), [created]);
    assert.deepEqual(await actions('targetKind=user'), []);
    assert.deepEqual(await actions('targetKind=course&action=user.created,course.created'), [created]);
    assert.deepEqual(await actions('outcome=refused'), []);
    const first = await server.get('/admin/audit-events?limit=2&include=total', people.admin.token);
    assert.ok(first.body.total.value > 5);
    const next = `/admin/audit-events?limit=2&cursor=${first.body.nextCursor}`;
    assert.equal((await server.get(`${next}&outcome=done`, people.admin.token)).body.code, 'cursor_mismatch');
    const second = await server.get(next, people.admin.token);
    assert.equal(new Set([...first.body.items, ...second.body.items].map(({ id }: Body) => id)).size, 4);
  });

  test('is searched by where an act came from: address, session, request and API key', async () => {
    const admin = await makePerson(server, 'admin');
    const { key, id: apiKeyId } = (
      await server.post('/me/api-keys', { name: 'Office', scopes: ['roles:write'] }, admin.token)
    ).body;
    const make = (name: string, token: string) =>
      server.post('/roles', { name, permissions: [] }, token, { 'x-request-id': `request-of-${name}` });
    const byHand = await make('by-hand', admin.token);
    const byKey = await make('by-key', key);
    const found = async (query: string) =>
      (await list(`action=role.created&${query}`)).map(({ target }) => target.id);
    const [entry] = await list(`targetId=${byHand.body.id}`);
    assert.deepEqual(await found(`sessionId=${entry.sessionId}`), [byHand.body.id]);
    assert.deepEqual(await found(`apiKeyId=${apiKeyId}`), [byKey.body.id]);
    assert.deepEqual(await found('requestId=request-of-by-key'), [byKey.body.id]);
    assert.deepEqual(await found('requestId=request-of-by-key&address=127.0.0.1'), [byKey.body.id]);
    assert.deepEqual(await found(`apiKeyId=${apiKeyId}&sessionId=${entry.sessionId}`), []);
    assert.deepEqual(await found('address=127.0.0.2'), []);
    assert.ok((await found('address=127.0.0.1')).includes(byHand.body.id));
  });

  for (const query of [
    'action=user.exploded',
    'from=yesterday',
    'actorId=1',
    'sessionId=1',
    'address=',
    'targetKind=planet',
    'q=x',
  ])
    test(`refuses ${query}`, async () => {
      assert.equal((await server.get(`/admin/audit-events?${query}`, people.admin.token)).status, 400);
    });

  test('is exported as lines of JSON and as CSV that no table program takes for formulas, and tells of it', async () => {
    const email = 'formula@example.com';
    const name = '=HYPERLINK("https://example.com","x")';
    const made = await server.post('/users', { name, email, role: 'student' }, people.admin.token);
    assert.equal(made.status, 201, made.text);
    const query = `targetId=${made.body.id}`;
    const csv = await server.get(`/admin/audit-export?format=csv&${query}`, people.admin.token, {
      'user-agent': '@SUM(1)',
    });
    assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8');
    const [head = [], ...lines] = readCsv(csv.text);
    assert.equal(lines.length, 1);
    const cell = (column: string) => lines[0]?.[head.indexOf(column)];
    assert.deepEqual([cell('action'), cell('personName')], ['user.created', `'${name}`]);
    const ndjson = await server.get(`/admin/audit-export?format=ndjson&${query}`, people.admin.token);
    assert.deepEqual(JSON.parse(ndjson.text.trim()), (await list(query))[0]);
    const [told] = await list(`action=audit.exported&actorId=${people.admin.id}&sort=at`);
    assert.deepEqual(told.after, { format: 'csv', targetId: made.body.id });
    const headOnly = await server.request('HEAD', `/admin/audit-export?format=csv`, {
      token: people.admin.token,
    });
    assert.equal(headOnly.status, 200);
    assert.equal((await list('action=audit.exported')).length, 2, 'a HEAD exports nothing');
  });

  test('is exported whole, however many entries there are', async () => {
    const { audit, db } = server.open.deps;
    const courseId = newId();
    const entries = Array.from({ length: 1_203 }, () => ({
      action: 'course.published' as const,
      targetId: newId(),
      courseId,
    }));
    await inTransaction(db, (tx) => audit.record(tx, ...entries));
    const { text } = await server.get(
      `/admin/audit-export?format=ndjson&courseId=${courseId}`,
      people.admin.token,
    );
    const ids = text
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { id: string }).id);
    assert.equal(new Set(ids).size, 1_203);
  });

  test('names its actions area.verb', () => {
    for (const action of auditActionNames) assert.match(action, /^[a-z]+(?:_[a-z]+)*\.[a-z]+(?:_[a-z]+)*$/);
  });
});
