import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { planGroups } from '#features/roles/commands/import-groups.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { openSession } from '#test/factors.ts';
import type { TestServer } from '#test/server.ts';
import {
  assertScimError,
  bring,
  bringGroup,
  connect,
  groupUrn,
  makeAccount,
  patch,
  rowsOf,
  startScimServer,
  type Account,
  type Directory,
} from './scim-testing.ts';

suite('groups by SCIM', () => {
  let server: TestServer;
  let admin: Account;
  let directory: Directory;
  const people: string[] = [];
  before(async () => {
    ({ server, admin } = await startScimServer());
    directory = await connect(server, admin);
    for (let at = 0; at < 4; at++) people.push((await bring(directory)).id);
  });
  after(() => server?.stop());

  const change = (id: string, ...operations: object[]) =>
    directory.send('PATCH', `/Groups/${id}`, patch(...operations));
  const membersOf = async (id: string): Promise<string[]> => {
    const { status, body, text } = await directory.send('GET', `/Groups/${id}`);
    assert.equal(status, 200, text);
    return body.members.map(({ value }: { value: string }) => value).toSorted();
  };

  test('Entra’s round: it looks, makes, adds and removes, renames, and deletes', async () => {
    const [first = '', second = '', third = ''] = people;
    const name = 'Physics';
    const looking = `/Groups?excludedAttributes=members&filter=${encodeURIComponent(`displayName eq "${name}"`)}`;
    assert.equal((await directory.send('GET', looking)).body.totalResults, 0);
    const sent = {
      schemas: [groupUrn, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'],
    };
    const { id } = await bringGroup(directory, { ...sent, displayName: name, externalId: 'g-1' });
    assert.equal((await directory.send('GET', looking)).body.Resources[0].id, id);
    const add = {
      op: 'Add',
      path: 'members',
      value: [
        { $ref: null, value: first },
        { $ref: null, value: second },
      ],
    };
    const added = await change(id, add);
    assert.equal(added.status, 204, added.text);
    await change(id, { op: 'Add', path: 'members', value: [{ value: third }] });
    assert.deepEqual(await membersOf(id), [first, second, third].toSorted());
    await change(id, { op: 'Remove', path: 'members', value: [{ $ref: null, value: first }] });
    await change(id, { op: 'remove', path: `members[value eq "${second}"]` });
    assert.deepEqual(await membersOf(id), [third]);
    const asked = encodeURIComponent(`id eq "${id}" and members eq "${third}"`);
    assert.equal((await directory.send('GET', `/Groups?filter=${asked}`)).body.totalResults, 1);
    await change(id, { op: 'Replace', path: 'displayName', value: 'Astronomy' });
    const { body } = await directory.send('GET', `/Groups/${id}?excludedAttributes=members`);
    assert.deepEqual([body.displayName, body.externalId, 'members' in body], ['Astronomy', 'g-1', false]);
    assert.equal((await directory.send('DELETE', `/Groups/${id}`)).status, 204);
    assertScimError(await directory.send('GET', `/Groups/${id}`), 404);
  });

  test('Okta’s round: it names the group by value, replaces its members, and puts it', async () => {
    const [first = '', second = ''] = people;
    const { id } = await bringGroup(directory, { members: [{ value: first, display: 'x' }] });
    assert.deepEqual(await membersOf(id), [first]);
    await change(id, { op: 'replace', value: { id, displayName: 'Pushed' } });
    await change(id, { op: 'replace', path: 'members', value: [{ value: second }] });
    assert.deepEqual(await membersOf(id), [second]);
    await change(
      id,
      { op: 'remove', path: 'members' },
      { op: 'add', value: { members: [{ value: first }] } },
    );
    assert.deepEqual(await membersOf(id), [first]);
    const put = await directory.send('PUT', `/Groups/${id}`, {
      schemas: [groupUrn],
      displayName: 'Put',
      members: [],
    });
    assert.deepEqual([put.status, put.body.displayName, put.body.members], [200, 'Put', []]);
  });

  test('what a group gives its members have at once, and lose at once', async () => {
    const { id: userId } = await bring(directory);
    const token = await openSession(server, userId);
    const role = { name: 'Authors', permissions: ['courses.create', 'webhooks.manage'] };
    const { id: roleId } = (await server.post('/roles', role, admin.token)).body;
    const { id } = await bringGroup(directory);
    assert.equal((await server.put(`/groups/${id}/roles/${roleId}`, undefined, admin.token)).status, 204);
    assert.equal((await server.get('/webhooks', token)).status, 403);
    await change(id, { op: 'add', path: 'members', value: [{ value: userId }] });
    assert.equal((await server.get('/webhooks', token)).status, 200);
    // What the directory gave is no reason why it could not take it away.
    const off = { op: 'replace', path: 'active', value: false };
    assert.equal((await directory.send('PATCH', `/Users/${userId}`, patch(off))).status, 200);
    await directory.send('PATCH', `/Users/${userId}`, patch({ ...off, value: true }));
    await change(id, { op: 'remove', path: `members[value eq "${userId}"]` });
    const again = await openSession(server, userId);
    assert.equal((await server.get('/webhooks', again)).status, 403);
  });

  test('nobody changes by hand who is in a group that a directory keeps', async () => {
    const [first = ''] = people;
    const { id } = await bringGroup(directory, { members: [{ value: first }] });
    const refused = [
      await server.put(`/groups/${id}/members/${admin.id}`, undefined, admin.token),
      await server.delete(`/groups/${id}/members/${first}`, admin.token),
      await server.patch(`/groups/${id}`, { name: 'Mine' }, admin.token),
      await server.delete(`/groups/${id}`, admin.token),
    ];
    for (const { status, body } of refused) assert.deepEqual([status, body.code], [409, 'group_managed']);
    const described = await server.patch(`/groups/${id}`, { description: 'Of the directory' }, admin.token);
    assert.deepEqual([described.status, described.body.managedBy.id], [200, directory.id]);
  });

  test('no import puts people into a group that a directory keeps', async () => {
    const { displayName } = await bringGroup(directory);
    const actor = { userId: admin.id, sessionId: null, role: 'admin' } as const;
    const named = await inTransaction(server.open.deps.db, (tx) => planGroups(tx, actor, [displayName]));
    assert.deepEqual(
      named.get(displayName.toLowerCase())?.refusal.map(({ code }) => code),
      ['group_managed'],
    );
  });

  test('who is deleted leaves the directory’s groups, and no other', async () => {
    const { id: userId } = await bring(directory);
    const { id } = await bringGroup(directory, { members: [{ value: userId }] });
    const { id: ownId } = (await server.post('/groups', { name: 'By hand' }, admin.token)).body;
    await server.put(`/groups/${ownId}/members/${userId}`, undefined, admin.token);
    await directory.send('DELETE', `/Users/${userId}`);
    const left = await rowsOf(server, 'select group_id from user_group_member where user_id = $1', [userId]);
    assert.deepEqual(left, [{ group_id: ownId }]);
    assert.deepEqual(await membersOf(id), []);
  });

  test('a member more or less of ten thousand reads none of them', async () => {
    const { id } = await bringGroup(directory);
    await rowsOf(
      server,
      `with person as (
        insert into app_user (id, name, role, locale, time_zone, created_at, updated_at)
        select gen_random_uuid(), 'Many', 'student', 'en', 'UTC', now(), now() from generate_series(1, 10000) returning id),
      known as (
        insert into scim_user (connection_id, user_id, user_name, user_name_key, is_active, created_at, updated_at)
        select $1, id, id::text, id::text, true, now(), now() from person)
      insert into user_group_member (group_id, user_id, created_at) select $2, id, now() from person`,
      [directory.id, id],
    );
    const [one = '', other = ''] = people;
    const statementsOf = async (...operations: object[]) => {
      server.takeStatements();
      assert.equal((await change(id, ...operations)).status, 204);
      return server.takeStatements();
    };
    const adding = await statementsOf({ op: 'add', path: 'members', value: [{ value: one }] });
    const removing = await statementsOf({ op: 'remove', path: 'members', value: [{ value: one }] });
    for (const statements of [adding, removing])
      assert.ok(statements.length <= 8, `${statements.length}:\n${statements.join('\n')}`);
    const { status, body } = await directory.send('GET', `/Groups/${id}?excludedAttributes=members`);
    assert.deepEqual([status, 'members' in body], [200, false]);
    await change(id, { op: 'add', path: 'members', value: [{ value: one }, { value: other }] });
    assertScimError(await directory.send('GET', `/Groups/${id}`), 400, 'tooMany');
    const emptied = await change(id, { op: 'replace', path: 'members', value: [{ value: one }] });
    assert.equal(emptied.status, 204, emptied.text);
    assert.deepEqual(await membersOf(id), [one]);
  });

  test('lists tell who is in the groups only where they are asked to', async () => {
    const own = await connect(server, admin, { name: 'Lists' });
    const { id: userId } = await bring(own);
    await bringGroup(own, { members: [{ value: userId }] });
    await bringGroup(own);
    const plain = await own.send('GET', '/Groups');
    assert.equal(
      plain.body.Resources.some((each: object) => 'members' in each),
      false,
    );
    const asked = await own.send('GET', '/Groups?attributes=displayName,members');
    const counts = asked.body.Resources.map(({ members }: { members: unknown[] }) => members.length);
    assert.deepEqual(counts, [1, 0]);
  });

  test('a group that is there is not taken over, and one that a directory leaves is anybody’s', async () => {
    await server.post('/groups', { name: 'Staff' }, admin.token);
    assertScimError(await directory.send('POST', '/Groups', { displayName: 'STAFF' }), 409, 'uniqueness');
    const own = await connect(server, admin, { name: 'Leaving' });
    const { id } = await bringGroup(own);
    const { id: userId } = await bring(own);
    assert.equal((await server.delete(`/admin/scim/connections/${own.id}`, admin.token)).status, 204);
    const { body } = await server.get(`/groups/${id}`, admin.token);
    assert.equal(body.managedBy, null);
    assert.equal((await server.put(`/groups/${id}/members/${admin.id}`, undefined, admin.token)).status, 204);
    assert.equal((await server.get(`/users/${userId}`, admin.token)).body.status, 'active');
    assertScimError(await own.send('GET', '/Users'), 401);
  });

  test('members that are no members', async () => {
    const { id } = await bringGroup(directory);
    const stranger = await makeAccount(server, 'student');
    for (const [operation, scimType] of [
      [{ op: 'add', path: 'members', value: [{ value: 'no-id' }] }, 'invalidValue'],
      [{ op: 'add', path: 'members', value: [{ value: stranger.id }] }, 'invalidValue'],
      [{ op: 'add', path: 'members', value: 7 }, 'invalidValue'],
      [{ op: 'add', path: 'members.value', value: 'x' }, 'invalidPath'],
      [{ op: 'add', path: 'owners', value: 'x' }, 'invalidPath'],
      [{ op: 'replace', path: 'id', value: 'x' }, 'mutability'],
      [{ op: 'remove', path: 'displayName' }, 'invalidValue'],
    ] as const)
      assertScimError(await change(id, operation), 400, scimType);
    const many = Array.from({ length: 10_001 }, () => ({ value: stranger.id }));
    assertScimError(await change(id, { op: 'add', path: 'members', value: many }), 400, 'tooMany');
    assert.deepEqual(await membersOf(id), []);
  });
});
