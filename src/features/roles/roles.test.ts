import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { createProvisionedAccount } from '#features/identity/commands/provisioned-accounts.ts';
import { permissions, type Permission } from '#platform/auth/actor.ts';
import { runSql } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Person } from '#test/client.ts';
import { makeMember } from '#test/factors.ts';
import { announcedOf, mailedToken } from '#test/mailed-token.ts';
import { makePerson, makePeople, signIn, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { listGiven } from './queries/risen.ts';
import { lockRole, updateRole } from './queries/roles.ts';

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

  test('who gets more rights, by any road, loses what somebody with fewer chose to open the account', async () => {
    const manager = await makePerson(server, 'student');
    const managers = await makeRole('Enrolment office', ['users.manage']);
    await asAdmin('PUT', `/roles/${managers}/members/${manager.id}`);
    const { deps } = server.open;
    const powerful = await makeRole('Certifiers', ['certificates.manage']);
    const harmless = await makeRole('Readers', []);
    const group = await makeGroup('Certifying office');
    await asAdmin('PUT', `/groups/${group}/roles/${powerful}`);
    const later = await makeGroup('To certify later');
    const growing = await makeRole('Growing', []);
    const { id: courseId } = (await server.post('/courses', { title: 'Rights' }, people.instructor.token))
      .body;
    const roads: [string, (id: string) => Promise<unknown>][] = [
      ['a role', (id) => asAdmin('PATCH', `/users/${id}`, { role: 'instructor' })],
      ['a custom role', (id) => asAdmin('PUT', `/roles/${powerful}/members/${id}`)],
      ['a group with a role', (id) => asAdmin('PUT', `/groups/${group}/members/${id}`)],
      [
        'a role for the group',
        async (id) => {
          await asAdmin('PUT', `/groups/${later}/members/${id}`);
          await asAdmin('PUT', `/groups/${later}/roles/${powerful}`);
        },
      ],
      [
        'a role that grows',
        async (id) => {
          await asAdmin('PUT', `/roles/${growing}/members/${id}`);
          await asAdmin('PATCH', `/roles/${growing}`, { permissions: ['audit.read'] });
        },
      ],
      [
        'a part in a course',
        (id) => asAdmin('PUT', `/courses/${courseId}/staff/${id}`, { role: 'assistant' }),
      ],
    ];
    const prepared = async (by: Person) => {
      const person = await makePerson(server, 'student');
      const password = 'a-password-of-theirs-5';
      const given = await server.patch(`/users/${person.id}`, { password }, by.token);
      assert.equal(given.status, 200, given.text);
      const session = await signIn(server, person.email, password);
      const key = { name: 'stays', scopes: ['courses:read'] };
      const made = await server.post('/me/api-keys', key, session.token);
      return { ...person, password, session: session.token, key: made.body.key as string };
    };
    const isOpen = async ({ email, password, session, key }: Awaited<ReturnType<typeof prepared>>) => [
      (await server.post('/auth/login', { email, password })).status,
      (await server.get('/courses', session)).status,
      (await server.get('/courses', key)).status,
    ];
    for (const [what, raise] of roads) {
      const person = await prepared(manager);
      await asAdmin('PUT', `/roles/${harmless}/members/${person.id}`);
      assert.deepEqual(await isOpen(person), [200, 200, 200], 'nothing is gained by nothing');
      await raise(person.id);
      assert.deepEqual(await isOpen(person), [401, 401, 401], what);
      const told = (await announcedOf(server, person.id)).map(({ type, data }) => data['change'] ?? type);
      assert.deepEqual(told.slice(-2), ['waysRemovedForRights', 'user.invitation_issued'], what);
      const token = await mailedToken(server, 'invitation', person.id);
      assert.equal(
        (await server.put(`/auth/invitations/${token}`, { password: 'my-own-alone-5' })).status,
        204,
      );
      await asAdmin('PATCH', `/users/${person.id}`, { role: 'admin' });
      assert.ok(await signIn(server, person.email, 'my-own-alone-5'), 'what they chose themselves stays');
    }
    const byAdmin = await prepared(people.admin);
    for (const [, raise] of roads) await raise(byAdmin.id);
    assert.deepEqual(await isOpen(byAdmin), [200, 200, 200], 'who may do it all gains nothing by it');
    const byBoth = await prepared(manager);
    await asAdmin('PATCH', `/users/${byBoth.id}`, { password: byBoth.password });
    await asAdmin('PATCH', `/users/${byBoth.id}`, { role: 'instructor' });
    assert.deepEqual((await isOpen(byBoth))[2], 401, 'a key from before, whoever chose last');
    const entry = `select actor_id, details -> 'after' ->> 'isForRights' as why from audit_entry
                   where action = 'user.ways_removed' and target_id = $1`;
    assert.deepEqual(await runSql(deps.db, entry, [byBoth.id]), [{ actor_id: people.admin.id, why: 'true' }]);
  });

  const password = 'a-password-of-theirs-5';
  test('of whom it is not known who chose, what opens the account goes with more rights; where nothing does, nothing changes', async () => {
    const { deps } = server.open;
    const may = async (email: string) => (await server.post('/auth/login', { email, password })).status;
    // As the migration leaves them, and as the code before it writes.
    for (const chosenBy of [null, []]) {
      const person = await server.registerStudent();
      await asAdmin('PATCH', `/users/${person.id}`, { password });
      const unknown = 'update app_user set own_since = null, chosen_by = $2 where id = $1';
      await runSql(deps.db, unknown, [person.id, chosenBy]);
      await asAdmin('PATCH', `/users/${person.id}`, { role: 'instructor' });
      assert.equal(await may(person.email), 401, JSON.stringify(chosenBy));
    }
    const bring = (name: string) => {
      const person = { email: `${name}@example.com`, isVouchedFor: false, name };
      return inTransaction(deps.db, (tx) => createProvisionedAccount(deps, tx, person));
    };
    const brought = await bring('brought');
    await asAdmin('PATCH', `/users/${brought}`, { password });
    await asAdmin('PATCH', `/users/${brought}`, { role: 'instructor' });
    assert.equal(await may('brought@example.com'), 401, 'an address that a directory wrote');
    const closed = await bring('closed');
    const state = async () =>
      (
        await runSql(deps.db, 'select own_since, invited_at, version from app_user where id = $1', [closed])
      )[0];
    const before = await state();
    const role = await makeRole('Observers', ['courses.observeAny']);
    await asAdmin('PUT', `/roles/${role}/members/${closed}`);
    assert.deepEqual(await state(), before);
  });

  test('what a group gives is read after a change of its role that is under way', async () => {
    const { db } = server.open.deps;
    const role = await makeRole('Under way', []);
    const group = await makeGroup('Under way');
    await asAdmin('PUT', `/groups/${group}/roles/${role}`);
    const read = () => inTransaction(db, (tx) => listGiven(tx, { groupIds: [group] }));
    const { reading } = await inTransaction(db, async (tx) => {
      await lockRole(tx, role);
      await updateRole(tx, role, { permissions: ['audit.read'] }, new Date());
      const other = read();
      const waiting = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await waitFor('it waits', async () => (await runSql(db, waiting)).length > 0);
      return { reading: other };
    });
    assert.deepEqual(await reading, ['audit.read']);
  });

  test('who registers and is made an instructor, or was made by an admin with a password, notices nothing of it', async () => {
    const person = await server.registerStudent();
    await asAdmin('PATCH', `/users/${person.id}`, { role: 'instructor' });
    assert.equal((await server.get('/me', person.token)).body.role, 'instructor');
    const email = `made-${person.email}`;
    const made = { email, name: 'Made', role: 'student', password: 'rowan-and-yew-52' };
    const { id } = await asAdmin('POST', '/users', made);
    const changed = await server.patch(`/users/${id}`, { role: 'instructor' }, people.admin.token);
    const read = await server.get(`/users/${id}`, people.admin.token);
    assert.equal(changed.headers.get('etag'), read.headers.get('etag'));
    assert.ok(await signIn(server, email, 'rowan-and-yew-52'));
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
