import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { openSession } from '#test/factors.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import {
  assertScimError,
  bring,
  bringGroup,
  call,
  connect,
  makeAccount,
  newUser,
  patch,
  rowsOf,
  startScimServer,
  type Account,
  type Directory,
} from './scim-testing.ts';

suite('attacks by SCIM', () => {
  let server: TestServer;
  let admin: Account;
  let directory: Directory;
  let other: Directory;
  before(async () => {
    ({ server, admin } = await startScimServer());
    directory = await connect(server, admin);
    other = await connect(server, admin, { name: 'Other' });
  });
  after(() => server?.stop());

  const statusOf = async (id: string) => (await server.get(`/users/${id}`, admin.token)).body.status;

  test('a connection knows nothing of another’s people and groups, and changes none', async () => {
    const user = await bring(directory);
    const group = await bringGroup(directory, { members: [{ value: user.id }] });
    const off = patch({ op: 'replace', path: 'active', value: false });
    const named = patch({ op: 'replace', path: 'displayName', value: 'Mine' });
    for (const [method, path, body] of [
      ['GET', `/Users/${user.id}`],
      ['PATCH', `/Users/${user.id}`, off],
      ['PUT', `/Users/${user.id}`, newUser()],
      ['DELETE', `/Users/${user.id}`],
      ['GET', `/Groups/${group.id}`],
      ['PATCH', `/Groups/${group.id}`, named],
      ['PUT', `/Groups/${group.id}`, { displayName: 'Mine' }],
      ['DELETE', `/Groups/${group.id}`],
    ] as const)
      assertScimError(await other.send(method, path, body), 404);
    for (const filter of [`id eq "${user.id}"`, `userName eq "${user.userName}"`])
      assert.equal(
        (await other.send('GET', `/Users?filter=${encodeURIComponent(filter)}`)).body.totalResults,
        0,
      );
    const own = await bringGroup(other);
    const add = patch({ op: 'add', path: 'members', value: [{ value: user.id }] });
    assertScimError(await other.send('PATCH', `/Groups/${own.id}`, add), 400, 'invalidValue');
    assertScimError(
      await other.send('POST', '/Users', newUser({ userName: user.userName, emails: [] })),
      409,
      'uniqueness',
    );
    assert.equal(await statusOf(user.id), 'active');
  });

  test('an admin, or who manages anything, is neither taken up nor changed nor deactivated', async () => {
    await makeAccount(server, 'admin', 'head@school.example');
    const manager = await makeAccount(server, 'student', 'manager@school.example');
    const { id: roleId } = (
      await server.post('/roles', { name: 'M', permissions: ['users.manage'] }, admin.token)
    ).body;
    await server.put(`/roles/${roleId}/members/${manager.id}`, undefined, admin.token);
    for (const value of ['head@school.example', 'manager@school.example'])
      assertScimError(
        await directory.send('POST', '/Users', newUser({ emails: [{ value }] })),
        409,
        'uniqueness',
      );

    const { id, userName } = await bring(directory);
    assert.equal((await server.patch(`/users/${id}`, { role: 'admin' }, admin.token)).status, 200);
    for (const [method, body] of [
      ['PATCH', patch({ op: 'replace', path: 'active', value: false })],
      ['PATCH', patch({ op: 'replace', path: 'emails[type eq "work"].value', value: 'evil@school.example' })],
      ['PUT', newUser({ userName, active: false })],
      ['DELETE', undefined],
    ] as const)
      assertScimError(await directory.send(method, `/Users/${id}`, body), 403);
    assert.equal(await statusOf(id), 'active');
    const trail = await server.get(`/admin/audit-events?targetId=${id}&action=access.refused`, admin.token);
    assert.deepEqual(trail.body.items[0].actor.kind, 'provisioning');
  });

  test('an address that nobody has proved, or that is not the connection’s, takes nobody’s account', async () => {
    const unproved = await server.registerStudent();
    await rowsOf(
      server,
      `update app_user set email = 'early@school.example', email_key = 'early@school.example',
      email_verified_at = null where id = $1`,
      [unproved.id],
    );
    assertScimError(
      await directory.send('POST', '/Users', newUser({ emails: [{ value: 'early@school.example' }] })),
      409,
      'uniqueness',
    );
    await makeAccount(server, 'student', 'pupil@elsewhere.example');
    const stranger = newUser({ emails: [{ value: 'pupil@elsewhere.example' }] });
    assertScimError(await directory.send('POST', '/Users', stranger), 400, 'invalidValue');
    const anywhere = await connect(server, admin, { name: 'Anywhere', emailDomains: [] });
    assertScimError(await anywhere.send('POST', '/Users', stranger), 409, 'uniqueness');
    const { id } = await bring(anywhere, { emails: [{ value: 'new@elsewhere.example' }] });
    const account = (await server.get(`/users/${id}`, admin.token)).body;
    assert.deepEqual([account.email, account.emailVerified], ['new@elsewhere.example', false]);
  });

  test('mass assignment: role, password, ids and times are nobody’s to set', async () => {
    const forged = {
      id: admin.id,
      role: 'admin',
      roles: [{ value: 'admin', primary: true }],
      entitlements: [{ value: 'all' }],
      password: 'known-to-the-attacker-1',
      groups: [{ value: admin.id }],
      meta: { created: '1970-01-01T00:00:00Z', version: 'W/"9"', resourceType: 'Admin' },
      deactivated_at: null,
      permissions: ['users.manage'],
    };
    const { id, meta } = await bring(directory, forged);
    assert.notEqual(id, admin.id);
    assert.equal(meta.resourceType, 'User');
    const operations = Object.entries({ roles: forged.roles, password: forged.password }).map(
      ([path, value]) => ({
        op: 'replace',
        path,
        value,
      }),
    );
    assert.equal((await directory.send('PATCH', `/Users/${id}`, patch(...operations))).status, 200);
    for (const path of ['id', 'meta.created', 'groups'])
      assertScimError(
        await directory.send('PATCH', `/Users/${id}`, patch({ op: 'replace', path, value: admin.id })),
        400,
        'mutability',
      );
    const [row] = await rowsOf(server, 'select role, password_hash, created_at from app_user where id = $1', [
      id,
    ]);
    assert.deepEqual([row.role, row.password_hash], ['student', null]);
    assert.ok(row.created_at.getTime() > 0);
  });

  test('a token of SCIM opens nothing else, and nothing else opens SCIM', async () => {
    for (const path of ['/me', '/users', '/admin/scim/connections', '/courses'])
      assert.equal((await server.get(path, directory.token)).status, 401, path);
    const { body: made } = await server.post(
      '/me/api-keys',
      { name: 'k', scopes: ['users:read'] },
      admin.token,
    );
    for (const token of [admin.token, made.key, 'lms_scim_x', `${directory.token.slice(0, -1)}_`, undefined])
      assertScimError(await call(server, token, 'GET', '/Users'), 401);
    assertScimError(await call(server, undefined, 'GET', '/Nothing'), 401);
    assertScimError(await directory.send('GET', '/Nothing'), 404);
    assertScimError(await directory.send('POST', '/Bulk', {}), 404);
  });

  test('filters and paths neither inject, nor pollute prototypes, nor take long', async () => {
    const { id } = await bring(directory);
    const beganAt = performance.now();
    for (const filter of [
      '__proto__.polluted eq "1"',
      'constructor.prototype.polluted eq "1"',
      `userName eq "${'\\'.repeat(800)}`,
      `userName eq "a" or "1" eq "1"`,
      `userName eq "a' or '1'='1`,
      `userName eq "\\u0000"`,
      `${'('.repeat(400)}userName eq "a"`,
      `${'a.'.repeat(400)}a eq "1"`,
      Array.from({ length: 40 }, () => 'userName eq "a"').join(' and '),
      `userName eq${' '.repeat(800)}`,
    ])
      assertScimError(
        await directory.send('GET', `/Users?filter=${encodeURIComponent(filter)}`),
        400,
        'invalidFilter',
      );
    const quiet = encodeURIComponent(`userName eq "' or 1=1 --" and displayName eq "%"`);
    assert.equal((await directory.send('GET', `/Users?filter=${quiet}`)).body.totalResults, 0);
    for (const path of [
      'emails[__proto__.polluted eq "1"].value',
      `emails[type eq "${'\\'.repeat(400)}"].value`,
      `emails[type eq "${'\n'.repeat(40)}`,
      `emails[type eq "${'\n'.repeat(40)}"].value`,
      'emails[type eq "a" or type eq "b"].value',
      '__proto__.polluted',
      'name.__proto__.polluted',
    ]) {
      const sent = patch({ op: 'add', path, value: '1' });
      assertScimError(await directory.send('PATCH', `/Users/${id}`, sent), 400, 'invalidPath');
    }
    const removal = { op: 'remove', path: 'emails', value: [{ value: '\\'.repeat(400) }] };
    assertScimError(await directory.send('PATCH', `/Users/${id}`, patch(removal)), 400, 'invalidValue');
    const raw = `{"schemas":[],"userName":"p@school.example","__proto__":{"polluted":1}}`;
    const poisoned = await server.request('POST', '/../../scim/v2/Users', {
      token: directory.token,
      raw,
      headers: { 'content-type': 'application/scim+json' },
    });
    assertScimError(poisoned, 400, 'invalidSyntax');
    assert.equal(({} as { polluted?: unknown }).polluted, undefined);
    assert.ok(performance.now() - beganAt < 5_000, 'none of it takes long');
  });

  test('what is too large, of another type, or no JSON is told in the protocol’s words', async () => {
    const { id } = await bring(directory);
    const { id: groupId } = await bringGroup(directory);
    const members = Array.from({ length: 25_000 }, () => ({ value: id }));
    assertScimError(
      await directory.send(
        'PATCH',
        `/Groups/${groupId}`,
        patch({ op: 'add', path: 'members', value: members }),
      ),
      413,
    );
    const raw = (body: string, type: string) =>
      server.request('POST', '/../../scim/v2/Users', {
        token: directory.token,
        raw: body,
        headers: { 'content-type': type },
      });
    assertScimError(await raw('{', 'application/scim+json'), 400, 'invalidSyntax');
    assertScimError(await raw('<x/>', 'text/xml'), 415);
    const emails = Array.from({ length: 101 }, () => ({ value: 'a@school.example' }));
    assertScimError(await directory.send('POST', '/Users', newUser({ emails })), 400, 'tooMany');
    const operations = Array.from({ length: 101 }, () => ({
      op: 'replace',
      path: 'displayName',
      value: 'x',
    }));
    assertScimError(await directory.send('PATCH', `/Users/${id}`, patch(...operations)), 400, 'tooMany');
    assertScimError(await directory.send('PATCH', `/Users/${id}`, { Operations: [] }), 400, 'invalidValue');
    assertScimError(await directory.send('GET', '/Users?count=x'), 400, 'invalidValue');
    assertScimError(await directory.send('GET', ['', 'Users', 'no-id'].join('/')), 404);
  });

  test('guessing tokens is slowed down as guessing anything is, and a directory has a budget of its own', async () => {
    const small = await startTestServer({
      config: { rateLimitsEnabled: true, rateLimitAnonymousPerMinute: 5, rateLimitReadsPerMinute: 4 },
    });
    try {
      const own = await connect(small, await makeAccount(small, 'admin'));
      const asked = await Promise.all(Array.from({ length: 4 }, () => own.send('GET', '/Users')));
      assert.deepEqual(
        asked.map(({ status }) => status),
        [200, 200, 200, 200],
      );
      const refused = await own.send('GET', '/Users');
      assertScimError(refused, 429);
      assert.notEqual(refused.headers.get('retry-after'), null);
      const guesses = [];
      for (let at = 0; at < 7; at++) guesses.push(await call(small, `lms_scim_${at}`, 'GET', '/Users'));
      assertScimError(guesses[0] as (typeof guesses)[number], 401);
      assertScimError(guesses[6] as (typeof guesses)[number], 429);
    } finally {
      await small.stop();
    }
  });

  test('who gets the name and address of somebody who left does not get their account', async () => {
    const sent = newUser();
    const { id } = (await directory.send('POST', '/Users', sent)).body;
    await directory.send('DELETE', `/Users/${id}`);
    const successor = { ...sent, externalId: 'somebody-else' };
    assertScimError(await directory.send('POST', '/Users', successor), 409, 'uniqueness');
    await server.patch(`/users/${id}`, { email: 'left@school.example' }, admin.token);
    const made = await directory.send('POST', '/Users', successor);
    assert.equal(made.status, 201, made.text);
    assert.notEqual(made.body.id, id);
    assert.equal(await statusOf(id), 'deactivated');
  });

  test('whom somebody deactivated by hand no directory activates by taking them up', async () => {
    const known = await makeAccount(server, 'student', 'barred@school.example');
    await server.delete(`/users/${known.id}`, admin.token);
    const { id, active } = await bring(directory, { emails: [{ value: 'barred@school.example' }] });
    assert.deepEqual([id, active], [known.id, false]);
    assert.equal(await statusOf(id), 'deactivated');
  });

  test('no directory lets the suspended in, not by shutting them out before either', async () => {
    const { id } = await bring(directory);
    const say = async (value: boolean) => {
      const answer = await directory.send(
        'PATCH',
        `/Users/${id}`,
        patch({ op: 'replace', path: 'active', value }),
      );
      assert.equal(answer.status, 200, answer.text);
      return (await server.get(`/users/${id}`, admin.token)).body.status;
    };
    const suspend = () => server.put(`/users/${id}/suspension`, { reason: 'For a while' }, admin.token);
    assert.equal((await suspend()).status, 200);
    assert.equal(await say(true), 'suspended');
    assert.equal(await say(false), 'deactivated');
    assert.equal((await server.get(`/users/${id}/suspension`, admin.token)).body.isKept, true);
    assert.equal(await say(true), 'suspended');
    await say(false);
    await server.patch(`/users/${id}`, { status: 'active' }, admin.token);
    await suspend();
    assert.equal(await say(true), 'suspended', 'also where it says so anew');
  });

  test('who is let go of has nothing left to come back by', async () => {
    const { id } = await bring(directory);
    const token = await openSession(server, id);
    await directory.send('DELETE', `/Users/${id}`);
    assert.equal((await server.get('/me', token)).status, 401);
  });
});
