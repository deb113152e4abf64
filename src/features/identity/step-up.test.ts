import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import type { Authenticator } from '#test/authenticator.ts';
import { addApp, addPasskey, makeMember, makeStale, ok, openSession } from '#test/factors.ts';
import { makePerson } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('showing again who one is', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  const stepUp = (token: string, body: object) => server.post('/auth/step-up', body, token);
  const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];

  test('without a second factor the password counts, for a quarter of an hour, and a refresh renews nothing', async () => {
    const person = await makePerson(server, 'student');
    const begin = (token: string) => server.post('/me/totp', undefined, token);
    assert.equal((await begin(person.token)).status, 201, 'a session that has just begun is fresh');
    server.clock.advance({ minutes: 14 });
    const { accessToken: token, refreshToken } = (
      await server.post('/auth/refresh', { refreshToken: person.refreshToken })
    ).body;
    assert.equal((await begin(token)).status, 201);
    server.clock.advance({ minutes: 1 });
    const late = await begin(token);
    assert.deepEqual(codeOf(late), [403, 'step_up_required']);
    assert.deepEqual(late.body.errors[0].params, { methods: ['password'] });
    const wrong = await stepUp(token, { method: 'password', password: 'not-the-password' });
    assert.deepEqual(codeOf(wrong), [403, 'factor_refused']);
    const done = await stepUp(token, { method: 'password', password: person.password });
    assert.deepEqual([done.status, done.body.methods], [200, ['password']]);
    assert.equal((await begin(done.body.accessToken)).status, 201);
    server.clock.advance({ minutes: 15 });
    const pair = (await server.post('/auth/refresh', { refreshToken })).body;
    assert.deepEqual(codeOf(await begin(pair.accessToken)), [403, 'step_up_required']);
  });

  test('session fixation: whoever shows it gets a new access token, and the one before ends; a refresh brings one, too', async () => {
    const person = await makePerson(server, 'student');
    server.clock.advance({ minutes: 1 });
    const done = await stepUp(person.token, { method: 'password', password: person.password });
    assert.equal(done.status, 200, done.text);
    assert.equal((await server.get('/me', done.body.accessToken)).status, 200);
    assert.deepEqual(codeOf(await server.get('/me', person.token)), [401, 'token_expired']);
    const { refreshToken } = person;
    const renewed = await server.post('/auth/refresh', { refreshToken });
    assert.equal((await server.get('/me', renewed.body.accessToken)).status, 200);
    assert.equal((await server.post('/me/totp', undefined, renewed.body.accessToken)).status, 201);
  });

  test('a session takes five wrong answers, also at once, and then none; another session is not concerned', async () => {
    const person = await makePerson(server, 'student');
    const other = await openSession(server, person.id);
    const guesses = Array.from({ length: 7 }, () =>
      stepUp(person.token, { method: 'password', password: 'not-the-password' }),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status).toSorted();
    assert.deepEqual(statuses, [403, 403, 403, 403, 403, 429, 429]);
    const right = { method: 'password', password: person.password };
    assert.deepEqual(codeOf(await stepUp(person.token, right)), [429, 'too_many_attempts']);
    assert.equal((await stepUp(other, right)).status, 200);
  });

  test('with a second factor each of them counts, in its own session and once', async () => {
    const { id, token } = await makeMember(server);
    const app = await addApp(server, token);
    const key = await addPasskey(server, token);
    const other = await openSession(server, id);
    await makeStale(server, id);
    const code = app.next();
    assert.equal((await stepUp(token, { method: 'totp', code })).status, 200);
    assert.deepEqual(codeOf(await stepUp(token, { method: 'totp', code })), [403, 'factor_refused']);
    const asked = async (bearer: string) =>
      ok(await server.post('/auth/step-up/passkey-options', undefined, bearer))['options'] as Parameters<
        Authenticator['assert']
      >[0];
    const credential = key.assert(await asked(token));
    const byPasskey = { method: 'passkey', credential };
    assert.deepEqual(codeOf(await stepUp(other, byPasskey)), [403, 'factor_refused'], 'of another session');
    assert.equal((await stepUp(token, byPasskey)).status, 200);
    assert.deepEqual(codeOf(await stepUp(token, byPasskey)), [403, 'factor_refused'], 'replayed');
    const making = ok(await server.post('/me/passkeys/options', undefined, token))['options'] as {
      challenge: string;
    };
    const crossed = key.assert(await asked(token), { challenge: making.challenge });
    const byCrossed = await stepUp(token, { method: 'passkey', credential: crossed });
    assert.deepEqual(codeOf(byCrossed), [403, 'factor_refused'], 'a challenge to make one');
    const signIn = { method: 'passkey', credential: key.assert(await asked(token)) };
    assert.equal((await server.post('/auth/login/challenges', signIn)).status, 401, 'signs nobody in');
    assert.equal((await stepUp(token, { method: 'totp' })).body.errors[0].path, '/code');
  });

  test('an admin’s session of long ago gives no role, sets no password and no address, but goes on with the rest', async () => {
    const admin = await makePerson(server, 'admin');
    const { id } = await makeMember(server);
    await makeStale(server, admin.id);
    const sensitive = [
      { role: 'admin' },
      { password: 'ash-and-elder-39' },
      { email: 'taken@example.com' },
      { name: 'Eve', role: 'student' },
    ];
    for (const body of sensitive) {
      const answer = await server.patch(`/users/${id}`, body, admin.token);
      assert.deepEqual(codeOf(answer), [403, 'step_up_required'], JSON.stringify(body));
    }
    const make = (role: string) => server.post('/users', { name: 'New', role }, admin.token);
    assert.deepEqual(codeOf(await make('admin')), [403, 'step_up_required']);
    assert.equal((await make('student')).status, 201);
    assert.equal((await server.patch(`/users/${id}`, { name: 'Eva' }, admin.token)).status, 200);
    const policy = await server.put('/admin/sign-in-policy', {}, admin.token);
    assert.deepEqual(codeOf(policy), [403, 'step_up_required']);
    assert.equal((await server.get('/admin/sign-in-policy', admin.token)).status, 200);
    await stepUp(admin.token, { method: 'password', password: admin.password });
    assert.equal((await server.patch(`/users/${id}`, { role: 'instructor' }, admin.token)).status, 200);
  });

  test('an answer that was kept is not given to a session that is no longer fresh', async () => {
    const admin = await makePerson(server, 'admin');
    const make = () =>
      server.post('/users', { name: 'Once', role: 'instructor' }, admin.token, {
        'idempotency-key': 'kept-1',
      });
    assert.equal((await make()).status, 201);
    assert.equal((await make()).headers.get('idempotent-replayed'), 'true');
    await makeStale(server, admin.id);
    assert.deepEqual(codeOf(await make()), [403, 'step_up_required']);
  });
});

suite('a second factor that the institution wants', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  test('people of the role without one can only set one up, at once, and go on when they have', async () => {
    const admin = await makePerson(server, 'admin');
    await addApp(server, admin.token);
    const person = await makePerson(server, 'instructor');
    const student = await makeMember(server);
    const body = { mfaRequiredFor: ['admin', 'instructor'] };
    const set = await server.put('/admin/sign-in-policy', body, admin.token);
    const policy = { ...body, mfaRequiredForCustomRoles: [] };
    assert.deepEqual([set.status, set.body], [200, policy]);
    assert.deepEqual((await server.get('/admin/sign-in-policy', admin.token)).body, policy);

    const wanted = 'mfa_enrollment_required';
    const closed = [
      ['GET', '/courses'],
      ['POST', '/courses'],
      ['GET', '/me/enrollments'],
      ['PATCH', '/me/notification-preferences'],
      ['GET', '/me/events'],
      ['POST', '/me/events/tickets'],
      ['GET', '/me/certificates'],
    ] as const;
    for (const [method, path] of closed) {
      const answer = await server.request(method, path, { token: person.token });
      assert.deepEqual([answer.status, answer.body.code], [403, wanted], `${method} ${path}`);
    }
    const { accessToken: token } = (
      await server.post('/auth/login', { email: person.email, password: person.password })
    ).body;
    for (const path of ['/me', '/me/totp', '/me/passkeys', '/me/recovery-codes'])
      assert.equal((await server.get(path, token)).status, 200, path);
    const { refreshToken } = person;
    assert.equal((await server.post('/auth/refresh', { refreshToken }, token)).status, 200);
    assert.equal((await server.get('/courses', student.token)).status, 200, 'another role');
    assert.equal((await server.get('/users', admin.token)).status, 200, 'has one');

    const app = await addApp(server, token);
    assert.equal((await server.get('/courses', token)).status, 200);
    assert.equal((await server.delete('/me/totp', token)).status, 204);
    assert.equal((await server.get('/courses', token)).body.code, wanted, 'given up again');
    assert.ok(app);
    assert.equal((await server.post('/auth/logout', undefined, token)).status, 204);

    assert.deepEqual((await server.put('/admin/sign-in-policy', {}, admin.token)).body, {
      mfaRequiredFor: [],
      mfaRequiredForCustomRoles: [],
    });
    assert.equal((await server.get('/courses', await openSession(server, person.id))).status, 200);
  });

  test('the API keys of somebody who lacks one stop, too, and are made by nobody whose sign-in is of long ago', async () => {
    const admin = await makeMember(server, 'admin');
    await addApp(server, admin.token);
    const person = await makeMember(server);
    const body = { name: 'Reader', scopes: ['courses:read'] };
    const { key } = (await server.post('/me/api-keys', body, person.token)).body;
    assert.equal((await server.get('/courses', key)).status, 200);
    await server.put('/admin/sign-in-policy', { mfaRequiredFor: ['student'] }, admin.token);
    assert.equal((await server.get('/courses', key)).body.code, 'mfa_enrollment_required');
    await addApp(server, person.token);
    assert.equal((await server.get('/courses', key)).status, 200);
    for (const path of ['/me/totp', '/me/passkeys', '/admin/sign-in-policy'])
      assert.equal((await server.get(path, key)).body.code, 'person_required', path);
    await server.put('/admin/sign-in-policy', {}, admin.token);
    await makeStale(server, person.id);
    assert.equal((await server.post('/me/api-keys', body, person.token)).body.code, 'step_up_required');
  });

  test('who manages people and may do less than they, neither removes their factors nor excuses them from one', async () => {
    const admin = await makeMember(server, 'admin');
    await addApp(server, admin.token);
    const clerk = await makeMember(server, 'instructor');
    const role = { name: 'Clerk', permissions: ['users.manage'] };
    const { id } = (await server.post('/roles', role, admin.token)).body;
    assert.equal((await server.put(`/roles/${id}/members/${clerk.id}`, {}, admin.token)).status, 204);
    const student = await makeMember(server);
    await addApp(server, student.token);
    assert.equal((await server.delete(`/users/${student.id}/factors`, clerk.token)).status, 204);
    const refused = await server.delete(`/users/${admin.id}/factors`, clerk.token);
    assert.deepEqual([refused.status, refused.body.code], [403, 'permission_not_held']);
    const set = (mfaRequiredFor: string[], token: string) =>
      server.put('/admin/sign-in-policy', { mfaRequiredFor }, token);
    assert.equal((await set(['student'], clerk.token)).status, 200);
    assert.equal((await set(['admin'], admin.token)).status, 200);
    assert.equal((await set([], clerk.token)).body.code, 'permission_not_held');
    assert.equal((await set([], admin.token)).status, 200);
  });

  test('it is wanted by custom roles, too: whoever has one, directly or by a group, is held to it', async () => {
    const admin = await makeMember(server, 'admin');
    await addApp(server, admin.token);
    const send = (method: 'POST' | 'PUT' | 'DELETE', path: string, body?: object, token = admin.token) =>
      server.request(method, path, { token, ...(body && { body }) });
    const make = async (path: string, body: object) => ok(await send('POST', path, body))['id'] as string;
    const clerks = await make('/roles', { name: 'Clerks of accounts', permissions: ['users.manage'] });
    const readers = await make('/roles', { name: 'Readers of the trail', permissions: ['audit.read'] });
    const office = await make('/groups', { name: 'Office' });
    ok(await send('PUT', `/groups/${office}/roles/${clerks}`, {}));
    const [direct, byGroup, reader] = [
      await makeMember(server),
      await makeMember(server),
      await makeMember(server),
    ];
    ok(await send('PUT', `/roles/${clerks}/members/${direct.id}`, {}));
    ok(await send('PUT', `/groups/${office}/members/${byGroup.id}`, {}));
    ok(await send('PUT', `/roles/${readers}/members/${reader.id}`, {}));
    const set = (ids: string[], token = admin.token) =>
      send('PUT', '/admin/sign-in-policy', { mfaRequiredForCustomRoles: ids }, token);
    assert.deepEqual((await set([clerks])).body, { mfaRequiredFor: [], mfaRequiredForCustomRoles: [clerks] });
    const open = async ({ token }: { token: string }) => (await server.get('/courses', token)).body.code;
    for (const held of [direct, byGroup]) assert.equal(await open(held), 'mfa_enrollment_required');
    assert.equal(await open(reader), undefined, 'another custom role');
    await addApp(server, direct.token);
    assert.equal(await open(direct), undefined);

    const refused = await set([clerks, readers], direct.token);
    assert.deepEqual(refused.body.errors[0].params, { permission: 'audit.read' });
    const unknown = await set([clerks, direct.id]);
    assert.equal(unknown.body.errors[0].path, '/mfaRequiredForCustomRoles/1');
    assert.equal((await set([clerks, clerks])).status, 400);
    ok(await send('DELETE', `/roles/${clerks}`));
    assert.equal(await open(byGroup), undefined, 'a role that is gone wants nothing');
    const policy = (await server.get('/admin/sign-in-policy', admin.token)).body;
    assert.deepEqual(policy.mfaRequiredForCustomRoles, []);
  });

  test('a new role that wants one closes the rest at once', async () => {
    const admin = await makeMember(server, 'admin');
    await addApp(server, admin.token);
    await server.put('/admin/sign-in-policy', { mfaRequiredFor: ['instructor'] }, admin.token);
    const person = await makeMember(server);
    assert.equal((await server.get('/courses', person.token)).status, 200);
    await server.patch(`/users/${person.id}`, { role: 'instructor' }, admin.token);
    assert.equal((await server.get('/courses', person.token)).body.code, 'mfa_enrollment_required');
    for (const mfaRequiredFor of [['owner'], 'admin', ['admin', 'admin'], null])
      assert.equal((await server.put('/admin/sign-in-policy', { mfaRequiredFor }, admin.token)).status, 400);
  });
});

suite('ACCESS_TOKEN_BLACKLIST_ENABLED=false, and second factors', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ config: { accessTokenBlacklistEnabled: false } });
  });
  after(() => server.stop());

  test('a sign-in of long ago is known for one, and a factor that is wanted is missed', async () => {
    const admin = await makeMember(server, 'admin');
    await addApp(server, admin.token);
    const { id, token } = await makeMember(server);
    await makeStale(server, id);
    assert.equal((await server.post('/me/totp', undefined, token)).body.code, 'step_up_required');
    await server.put('/admin/sign-in-policy', { mfaRequiredFor: ['student'] }, admin.token);
    assert.equal((await server.get('/courses', token)).body.code, 'mfa_enrollment_required');
  });
});
