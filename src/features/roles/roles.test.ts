import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { permissions, type Permission } from '#platform/auth/actor.ts';
import { runSql } from '#platform/db/database.ts';
import type { Person } from '#test/client.ts';
import { makeMember } from '#test/factors.ts';
import { makePerson, makePeople, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('custom roles and groups', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const asAdmin = async (method: string, path: string, body?: unknown) => {
    const answer = await server.request(method, path, { token: people.admin.token, body });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  };
  const makeRole = async (name: string, permissions: string[]): Promise<string> =>
    (await asAdmin('POST', '/roles', { name, permissions })).id;
  const makeGroup = async (name: string): Promise<string> => (await asAdmin('POST', '/groups', { name })).id;
  const mayListUsers = async ({ token }: Person) => (await server.get('/users', token)).status === 200;

  test('what a role gives holds from the next request on, and ends with it: given, changed, deleted', async () => {
    const person = await makePerson(server, 'student');
    const role = await makeRole('Reception', ['users.manage']);
    assert.equal(await mayListUsers(person), false);
    await asAdmin('PUT', `/roles/${role}/members/${person.id}`);
    await asAdmin('PUT', `/roles/${role}/members/${person.id}`);
    assert.equal(await mayListUsers(person), true);
    assert.deepEqual((await server.get('/me', person.token)).body.permissions, ['users.manage']);
    await asAdmin('PATCH', `/roles/${role}`, { permissions: ['events.view'] });
    assert.equal(await mayListUsers(person), false);
    assert.equal((await server.get('/events', person.token)).status, 200);
    await asAdmin('DELETE', `/roles/${role}`);
    assert.equal((await server.get('/events', person.token)).status, 403);
  });

  test('a group gives its roles to its members, those who come later too, and takes them when they leave', async () => {
    const [first, second] = [await makePerson(server, 'student'), await makePerson(server, 'student')];
    const role = await makeRole('Office', ['users.manage']);
    const group = await makeGroup('Administration');
    await asAdmin('PUT', `/groups/${group}/members/${first.id}`);
    await asAdmin('PUT', `/groups/${group}/roles/${role}`);
    await asAdmin('PUT', `/groups/${group}/members/${second.id}`);
    assert.deepEqual([await mayListUsers(first), await mayListUsers(second)], [true, true]);
    await asAdmin('DELETE', `/groups/${group}/members/${first.id}`);
    assert.deepEqual([await mayListUsers(first), await mayListUsers(second)], [false, true]);
    assert.equal((await asAdmin('GET', `/groups/${group}`)).memberCount, 1);
    await asAdmin('DELETE', `/groups/${group}/roles/${role}`);
    assert.equal(await mayListUsers(second), false);
    await asAdmin('PUT', `/groups/${group}/roles/${role}`);
    await asAdmin('DELETE', `/groups/${group}`);
    assert.equal(await mayListUsers(second), false);
  });

  test('nobody gives, by any road, what they do not have, nor acts on an account that has it', async () => {
    const registrar = await makePerson(server, 'student', 'Registrar');
    const managing = await makeRole('Registrar', ['users.manage', 'roles.manage', 'groups.manage']);
    await asAdmin('PUT', `/roles/${managing}/members/${registrar.id}`);
    const strong = await makeRole('Strong', ['operation.manage']);
    const [strongGroup, ownGroup] = [await makeGroup('Strong group'), await makeGroup('Weak group')];
    await asAdmin('PUT', `/groups/${strongGroup}/roles/${strong}`);
    const { id: adminId } = people.admin;
    const own = registrar.id;
    const tries: [method: string, path: string, body?: unknown][] = [
      ['POST', '/roles', { name: 'Mine', permissions: ['operation.manage'] }],
      ['PATCH', `/roles/${managing}`, { permissions: ['users.manage', 'operation.manage'] }],
      ['PATCH', `/roles/${strong}`, { permissions: [] }],
      ['DELETE', `/roles/${strong}`],
      ['PUT', `/roles/${strong}/members/${own}`],
      ['PUT', `/groups/${strongGroup}/members/${own}`],
      ['PUT', `/groups/${ownGroup}/roles/${strong}`],
      ['DELETE', `/groups/${strongGroup}/roles/${strong}`],
      ['DELETE', `/groups/${strongGroup}`],
      ['POST', '/users', { name: 'Puppet', role: 'admin' }],
      ['POST', '/users', { name: 'Puppet', role: 'instructor' }],
      ['PATCH', `/users/${own}`, { role: 'admin' }],
      ['PATCH', `/users/${adminId}`, { password: 'a-new-phrase-of-mine' }],
      ['PATCH', `/users/${adminId}`, { email: 'mine@example.com' }],
      ['DELETE', `/users/${adminId}`],
    ];
    for (const [method, path, body] of tries) {
      const answer = await server.request(method, path, { token: registrar.token, body });
      assert.deepEqual([answer.status, answer.body.code], [403, 'permission_not_held'], `${method} ${path}`);
      assert.equal(answer.body.errors[0].code, 'permission_not_held');
    }
    const allowed = await server.request('POST', '/users', {
      token: registrar.token,
      body: { name: 'Pupil', role: 'student' },
    });
    assert.equal(allowed.status, 201);
  });

  test('one permission, by a custom role or a group, opens just the operations that need it, and all others together none of them', async () => {
    const { body } = await server.get('/openapi.json');
    const needing = Object.entries(
      body.paths as Record<string, Record<string, { 'x-permission'?: Permission }>>,
    )
      .flatMap(([path, methods]) =>
        Object.entries(methods).map(([method, each]) => ({ method, path, permission: each['x-permission'] })),
      )
      .filter(({ permission }) => permission !== undefined);
    const wanted = new Set(needing.map(({ permission }) => permission));
    assert.ok(needing.length > 60 && wanted.size > 8, `${needing.length} of ${wanted.size}`);
    const lacks = async (token: string, { method, path }: (typeof needing)[number]) => {
      const url = `${server.address}${path.replaceAll(/\{\w+\}/g, randomUUID())}`;
      const isReading = method === 'get';
      const answer = await fetch(url, {
        method: method.toUpperCase(),
        headers: {
          authorization: `Bearer ${token}`,
          ...(!isReading && { 'content-type': 'application/json' }),
        },
        ...(!isReading && { body: '{}' }),
      });
      const { errors = [] } = (await answer.json().catch(() => ({}))) as {
        errors?: { code: string; params?: object }[];
      };
      return answer.status === 403 && errors[0]?.code === 'permission_required'
        ? errors[0].params
        : undefined;
    };
    for (const permission of wanted) {
      const [direct, byGroup, without] = [
        await makeMember(server),
        await makeMember(server),
        await makeMember(server),
      ];
      const role = await makeRole(`Only ${permission}`, [permission ?? '']);
      const others = await makeRole(
        `All but ${permission}`,
        permissions.filter((each) => each !== permission),
      );
      const group = await makeGroup(`Group of ${permission}`);
      await asAdmin('PUT', `/roles/${role}/members/${direct.id}`);
      await asAdmin('PUT', `/groups/${group}/roles/${role}`);
      await asAdmin('PUT', `/groups/${group}/members/${byGroup.id}`);
      await asAdmin('PUT', `/roles/${others}/members/${without.id}`);
      for (const operation of needing.filter((each) => each.permission === permission)) {
        const name = `${operation.method} ${operation.path} with ${permission}`;
        assert.equal(await lacks(direct.token, operation), undefined, name);
        assert.equal(await lacks(byGroup.token, operation), undefined, `${name}, by a group`);
        assert.deepEqual(await lacks(without.token, operation), { permission }, name);
      }
    }
  });

  test('names are unique without regard to case, and a version that is stale is refused', async () => {
    const role = await asAdmin('POST', '/roles', { name: 'Quality', permissions: [] });
    const again = await server.post('/roles', { name: 'QUALITY', permissions: [] }, people.admin.token);
    assert.deepEqual([again.status, again.body.code], [409, 'name_taken']);
    await makeGroup('Quality');
    const group = await server.post('/groups', { name: 'quality' }, people.admin.token);
    assert.deepEqual([group.status, group.body.code], [409, 'name_taken']);
    const stale = await server.request('PATCH', `/roles/${role.id}`, {
      token: people.admin.token,
      body: { description: 'x' },
      headers: { 'if-match': '"7-x"' },
    });
    assert.equal(stale.status, 412);
    const unknown = await server.post('/roles', { name: 'X', permissions: ['all'] }, people.admin.token);
    assert.equal(unknown.status, 400);
  });

  test('a permission that this version does not know gives nothing', async () => {
    const person = await makePerson(server, 'student');
    const role = await makeRole('Newer', []);
    const change = `update custom_role set permissions = '{moon.manage,events.view}' where id = $1`;
    await asAdmin('PUT', `/roles/${role}/members/${person.id}`);
    await runSql(server.open.deps.db, change, [role]);
    assert.deepEqual((await server.get('/me', person.token)).body.permissions, ['events.view']);
  });

  test('who observes any course sees drafts and their learners, and changes nothing', async () => {
    const auditor = await makePerson(server, 'student');
    const role = await makeRole('Auditor', ['courses.observeAny']);
    const course = (await server.post('/courses', { title: 'Hidden' }, people.instructor.token)).body;
    assert.equal((await server.get(`/courses/${course.id}`, auditor.token)).status, 404);
    await asAdmin('PUT', `/roles/${role}/members/${auditor.id}`);
    assert.equal((await server.get(`/courses/${course.id}`, auditor.token)).status, 200);
    assert.equal((await server.get(`/courses/${course.id}/enrollments`, auditor.token)).status, 200);
    const listed = await server.get('/courses?q=Hidden', auditor.token);
    assert.deepEqual(
      listed.body.items.map((each: { id: string }) => each.id),
      [course.id],
    );
    const change = { token: auditor.token, body: { title: 'Mine' } };
    assert.equal((await server.request('PATCH', `/courses/${course.id}`, change)).status, 403);
  });

  test('rights are explained: each permission by role, custom role and group, and in a course by every ground', async () => {
    const person = await makePerson(server, 'instructor');
    const role = await makeRole('Explained', ['events.view', 'courses.create']);
    const group = await makeGroup('Explained group');
    await asAdmin('PUT', `/groups/${group}/roles/${role}`);
    await asAdmin('PUT', `/groups/${group}/members/${person.id}`);
    await asAdmin('PUT', `/roles/${role}/members/${person.id}`);
    const course = (await server.post('/courses', { title: 'Mine' }, person.token)).body;
    const { body } = await server.get(`/me/permissions?course=${course.id}`, person.token);
    const held = [
      { id: role, name: 'Explained', group: null },
      { id: role, name: 'Explained', group: { id: group, name: 'Explained group' } },
    ];
    assert.deepEqual(body.permissions, [
      { permission: 'courses.create', isOfRole: true, customRoles: held },
      { permission: 'events.view', isOfRole: false, customRoles: held },
    ]);
    const [ground, ...others] = body.course.grounds;
    assert.deepEqual([ground.by, ground.staffRole, others], ['staff', 'owner', []]);
    assert.deepEqual(body.course.permissions, ground.permissions);
    const seen = await asAdmin('GET', `/users/${person.id}/permissions?course=${course.id}`);
    assert.deepEqual(seen, body);
    const stranger = await server.get(`/me/permissions?course=${course.id}`, people.student.token);
    assert.equal(stranger.status, 404);
  });
});
