import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openSession } from '#test/factors.ts';
import { linksOfChange } from '#test/mailed-token.ts';
import type { TestServer } from '#test/server.ts';
import {
  assertScimError,
  bring,
  bringGroup,
  connect,
  makeAccount,
  newUser,
  patch,
  rowsOf,
  startScimServer,
  type Account,
  type Directory,
} from './scim-testing.ts';

const password = 'rowan-and-yew-52';

suite('accounts that a directory takes up, and links that it takes away', () => {
  let server: TestServer;
  let admin: Account;
  let directory: Directory;
  let providerId: string;
  before(async () => {
    ({ server, admin } = await startScimServer());
    const body = {
      key: 'school',
      name: 'School',
      issuer: 'https://login.school.example',
      clientId: 'lms',
      emailDomains: ['school.example'],
    };
    providerId = (await server.post('/admin/sso/providers', body, admin.token)).body.id;
    directory = await connect(server, admin, { providerId });
  });
  after(() => server?.stop());

  test('whoever made an account ahead has no way into it once a directory takes it up', async () => {
    const manager = await makeAccount(server, 'student');
    const role = await server.post('/roles', { name: 'Office', permissions: ['users.manage'] }, admin.token);
    await server.put(`/roles/${role.body.id}/members/${manager.id}`, undefined, admin.token);
    const email = 'ahead@school.example';
    const made = await server.post('/users', { name: 'X', role: 'student', email, password }, manager.token);
    assert.equal(made.status, 201, made.text);
    const token = await openSession(server, made.body.id);
    const key = await server.post('/me/api-keys', { name: 'Kept', scopes: ['users:read'] }, token);
    assert.equal(key.status, 201, key.text);
    assert.equal((await server.get('/users', key.body.key)).status, 403);
    const { id } = await bring(directory, { emails: [{ value: email }] });
    assert.equal(id, made.body.id);
    assert.equal((await server.post('/auth/login', { email, password })).status, 401, 'its password');
    assert.equal((await server.get('/me', token)).status, 401, 'its sessions');
    assert.equal((await server.get('/users', key.body.key)).status, 401, 'its keys');
  });

  test('whoever chose their own password keeps it when a directory takes their account up', async () => {
    const { id, email, token } = await server.registerStudent();
    const own = email.replace('example.com', 'school.example');
    await rowsOf(
      server,
      'update app_user set email = $2, email_key = $2, email_verified_at = now() where id = $1',
      [id, own],
    );
    assert.equal((await bring(directory, { emails: [{ value: own }] })).id, id);
    assert.equal((await server.get('/me', token)).status, 200);
  });

  test('a directory that took an account up by an address that is taken back has it no more, and its people have their own', async () => {
    const email = 'thea@school.example';
    const victim = await makeAccount(server, 'student', 'vic@mail.example');
    assert.equal((await server.post('/me/email-changes', { email }, victim.token)).status, 202);
    const { confirmToken, undoToken } = await linksOfChange(server, victim.id);
    server.clock.advance({ seconds: 1 });
    assert.equal((await server.put(`/auth/email-changes/${confirmToken}`)).status, 204);
    const sent = newUser({ externalId: 'thea', emails: [{ value: email }] });
    assert.equal((await directory.send('POST', '/Users', sent)).body.id, victim.id);
    const { id: groupId } = await bringGroup(directory, { members: [{ value: victim.id }] });
    assert.equal((await server.delete(`/auth/email-changes/${undoToken}`)).status, 204);
    const again = patch({ op: 'replace', path: 'emails[type eq "work"].value', value: email });
    assertScimError(await directory.send('PATCH', `/Users/${victim.id}`, again), 404);
    assert.equal((await server.get(`/users/${victim.id}`, admin.token)).body.email, 'vic@mail.example');
    const { body } = await server.get(`/groups/${groupId}/members`, admin.token);
    assert.deepEqual(body.items, []);
    const known =
      'select user_id from external_identity where user_id = $1 union all select user_id from scim_user where user_id = $1';
    assert.deepEqual(await rowsOf(server, known, [victim.id]), []);
    const own = await directory.send('POST', '/Users', sent);
    assert.equal(own.status, 201, own.text);
    assert.notEqual(own.body.id, victim.id);
  });

  test('a directory that had somebody before has them still when they take an address back, and they sign in by what it calls them', async () => {
    const { id } = await bring(directory, { externalId: 'kept', emails: [{ value: 'kept@school.example' }] });
    server.clock.advance({ seconds: 1 });
    const token = await openSession(server, id);
    assert.equal((await server.post('/me/email-changes', { email: 'k@mail.example' }, token)).status, 202);
    const { undoToken } = await linksOfChange(server, id);
    const [link] = (await server.get('/me/identities', token)).body.items;
    await rowsOf(server, 'delete from external_identity where id = $1', [link.id]);
    assert.equal((await server.delete(`/auth/email-changes/${undoToken}`)).status, 204);
    assert.equal((await directory.send('GET', `/Users/${id}`)).status, 200);
    const links = await rowsOf(server, 'select subject from external_identity where user_id = $1', [id]);
    assert.deepEqual(links, [{ subject: 'kept' }]);
  });

  test('what a mapping gave goes with the link that a directory takes away', async () => {
    const { id } = await bring(directory, { externalId: 'mapped', emails: [{ value: 'm@school.example' }] });
    const { id: groupId } = (await server.post('/groups', { name: 'Staff' }, admin.token)).body;
    await rowsOf(
      server,
      `with given as (
        update external_identity set given_role = 'instructor', role_before = 'student', given_group_ids = array[$2::uuid]
        where user_id = $1),
      member as (insert into user_group_member (group_id, user_id, created_at) values ($2, $1, now()))
      update app_user set role = 'instructor' where id = $1`,
      [id, groupId],
    );
    const another = patch({ op: 'replace', path: 'externalId', value: 'another' });
    const answer = await directory.send('PATCH', `/Users/${id}`, another);
    assert.equal(answer.status, 200, answer.text);
    assert.equal((await server.get(`/users/${id}`, admin.token)).body.role, 'student');
    assert.deepEqual((await server.get(`/groups/${groupId}/members`, admin.token)).body.items, []);
  });
});
