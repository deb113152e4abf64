import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { makePeople, makePerson, signIn, type People } from '#test/people.ts';
import { owaspCost } from '#platform/auth/passwords.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { runSql } from '#platform/db/database.ts';
import { identityJobs } from './jobs.ts';
import { updateUserByAdmin } from './commands/update-user.ts';

suite('attacks on accounts and sessions', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    // Times are compared: what a hash costs is what hides the rest.
    server = await startTestServer({ passwordCost: owaspCost });
    people = await makePeople(server);
  });
  after(() => server.stop());

  const register = (email: string, more: object = {}) =>
    server.post('/auth/register', { email, password: 'a-long-pass-phrase', name: 'Eve', ...more });

  test('enumeration by time: known and unknown address, wrong password, none and deactivated: one answer, after about the same time and the very same statements', async () => {
    const known = await server.registerStudent();
    const gone = await server.registerStudent();
    await server.delete(`/users/${gone.id}`, people.admin.token);
    await server.post(
      '/users',
      { name: 'No Password', email: 'none@example.com', role: 'student' },
      people.admin.token,
    );
    const tries = [
      [known.email, 'not-the-password'],
      ['nobody@example.com', 'not-the-password'],
      [gone.email, gone.password],
      ['none@example.com', 'not-the-password'],
    ] as const;
    const times = tries.map(() => [] as number[]);
    const wrong = tries.map(([email]) => ({ email, password: 'not-the-password' }));
    const statements = new Set<string>();
    for (const body of wrong) {
      server.takeStatements();
      await server.post('/auth/login', body);
      statements.add(JSON.stringify(server.takeStatements()));
    }
    assert.equal(statements.size, 1, [...statements].join('\n'));
    const answers = new Set<string>();
    for (let round = 0; round < 9; round += 1) {
      for (const [index, [email, password]] of tries.entries()) {
        const start = performance.now();
        const answer = await server.post('/auth/login', { email, password });
        times[index]!.push(performance.now() - start);
        answers.add(JSON.stringify([answer.status, answer.body.code, answer.body.detail]));
      }
    }
    assert.equal(answers.size, 1, [...answers].join('\n'));
    const medians = times.map((values) => values.toSorted((a, b) => a - b)[4] ?? 0);
    assert.ok(Math.max(...medians) / Math.min(...medians) < 2.5, medians.join(', '));
  });

  test('mass assignment: no field of a body gives a role, a status or an id', async () => {
    const extras = [
      { role: 'admin' },
      { id: people.admin.id },
      { status: 'active' },
      { permissions: ['users.manage'] },
      { passwordHash: 'x' },
    ];
    for (const extra of extras) {
      assert.equal((await register('mass@example.com', extra)).body.code, 'unknown_field');
      assert.equal(
        (await server.patch('/me', { name: 'Eve', ...extra }, people.student.token)).body.code,
        'unknown_field',
      );
    }
    for (const extra of [
      { id: people.admin.id },
      { createdAt: '2020-01-01T00:00:00Z' },
      { version: 1 },
      { email_key: 'x' },
    ]) {
      const answer = await server.patch(`/users/${people.student.id}`, extra, people.admin.token);
      assert.equal(answer.body.code, 'unknown_field');
    }
    assert.equal(
      (await server.patch('/me', { email: 'new@example.com' }, people.student.token)).body.code,
      'unknown_field',
    );
  });

  test('one address is one account, however it is written', async () => {
    assert.equal((await register('Kelvin.Smith+lms@example.com')).status, 201);
    const spellings = [
      'KELVIN.SMITH+LMS@EXAMPLE.COM',
      '\u212Aelvin.Smith+lms@example.com',
      'ｋｅｌｖｉｎ.smith+lms@ｅｘａｍｐｌｅ.com',
      'Kelvin\uff0eSmith+lms@example.com',
    ];
    for (const email of spellings) {
      assert.equal((await register(email)).body.code, 'email_taken', email);
      assert.equal(
        (await server.post('/auth/login', { email, password: 'a-long-pass-phrase' })).status,
        200,
        email,
      );
    }
    // Whether these are the same mailbox, only its provider knows.
    assert.equal((await register('KelvinSmith+lms@example.com')).status, 201);
    assert.equal((await register('Kelvin.Smith@example.com')).status, 201);
    assert.equal((await register('ıbrahim@example.com')).status, 201);
    assert.equal((await register('ibrahim@example.com')).status, 201);
    assert.equal((await register('KELVIN.İLHAN@example.com')).status, 201);
    assert.equal((await register('kelvin.i\u0307lhan@example.com')).body.code, 'email_taken');
  });

  test('what is no address, could hide, or would be two for a mail program, is refused at once', async () => {
    const refused = [
      ...[
        'a',
        'a@b',
        '@example.com',
        'a@',
        'a@@example.com',
        'a@b@example.com',
        'a＠b@example.com',
        'a@example.com.',
        'a@.example.com',
      ],
      ...[
        'a@example..com',
        'a b@example.com',
        'a,b@example.com',
        'a;b@example.com',
        'a\r\nBcc: x@example.com',
        '<a@example.com>',
      ],
      ...[
        '"a"@example.com',
        'a(b)@example.com',
        'a\u200bb@example.com',
        'a\u202eb@example.com',
        'a\u0007@example.com',
        'a\u00ad@example.com',
      ],
      `${'a'.repeat(250)}@example.com`,
      `${'\ufdfa'.repeat(200)}@example.com`,
    ];
    for (const email of refused) {
      const answer = await register(email);
      assert.equal(answer.status, 400, email);
      assert.equal(answer.body.errors[0].path, '/email', email);
    }
    const start = performance.now();
    assert.equal((await register(`a@${'x.'.repeat(7_000)} `)).status, 400);
    assert.ok(performance.now() - start < 2_000, 'a long address takes long');
  });

  test('a name stands on one line and turns no direction; any script is welcome', async () => {
    for (const name of [
      'Eve\nAdmin',
      'Eve\u0000',
      'Eve\u0085',
      'Eve \u202Enimda',
      'Eve \u2066x\u2069',
      'a\u2028b',
      '\t',
    ]) {
      const answer = await server.patch('/me', { name }, people.student.token);
      assert.equal(answer.status, 400, JSON.stringify(name));
    }
    const control = await server.patch('/me', { name: 'Eve\u0007' }, people.student.token);
    assert.deepEqual(
      [control.body.errors[0].path, control.body.errors[0].code],
      ['/name', 'control_characters'],
    );
    assert.equal(
      (await server.patch('/me', { name: ' \u00a0 ' }, people.student.token)).body.errors[0].code,
      'blank',
    );
    for (const name of [
      'محمد\u200cرضا',
      'शर्मा\u200d',
      '山田 太郎',
      '👩\u200d🏫',
      "O'Brien-Nuñez",
      'Test student',
    ]) {
      assert.equal((await server.patch('/me', { name }, people.student.token)).body.name, name);
    }
  });

  test('of two refreshes at the same instant one gets a pair, and the session ends', async () => {
    for (let round = 0; round < 3; round += 1) {
      const person = await server.registerStudent();
      const refresh = () => server.post('/auth/refresh', { refreshToken: person.refreshToken });
      const answers = await Promise.all([refresh(), refresh()]);
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 401]);
      assert.ok(answers.some(({ body }) => body.code === 'refresh_token_reused'));
      const pair = answers.find(({ status }) => status === 200)?.body;
      assert.equal((await server.get('/me', pair.accessToken)).status, 401);
      assert.equal(
        (await server.post('/auth/refresh', { refreshToken: pair.refreshToken })).body.code,
        'refresh_token_invalid',
      );
      assert.ok(await signIn(server, person.email, person.password));
    }
  });

  test('session fixation: signing in anew takes nothing over from a session that was brought along', async () => {
    const eve = await server.registerStudent();
    const answer = await server.post(
      '/auth/login',
      { email: people.student.email, password: people.student.password },
      eve.token,
    );
    assert.equal(answer.body.user.id, people.student.id);
    assert.equal((await server.get('/me', eve.token)).body.id, eve.id);
    await server.post('/auth/logout', undefined, eve.token);
    assert.equal((await server.get('/me', answer.body.accessToken)).status, 200);
  });

  test('signed in, nobody ends another’s session by its refresh token', async () => {
    const eve = await server.registerStudent();
    const victim = await server.registerStudent();
    assert.equal(
      (await server.post('/auth/logout', { refreshToken: victim.refreshToken }, eve.token)).status,
      204,
    );
    assert.equal((await server.get('/me', eve.token)).status, 401);
    assert.equal((await server.get('/me', victim.token)).status, 200);
    assert.equal((await server.post('/auth/refresh', { refreshToken: victim.refreshToken })).status, 200);
  });

  test('one whose access token has expired can still refresh and sign out', async () => {
    const person = await server.registerStudent();
    const later = await server.registerStudent();
    server.clock.advance({ minutes: 16 });
    try {
      assert.equal((await server.get('/me', person.token)).body.code, 'token_expired');
      assert.equal(
        (await server.post('/auth/refresh', { refreshToken: person.refreshToken }, person.token)).status,
        200,
      );
      assert.equal(
        (await server.post('/auth/logout', { refreshToken: later.refreshToken }, later.token)).status,
        204,
      );
      assert.equal(
        (await server.post('/auth/refresh', { refreshToken: later.refreshToken })).body.code,
        'refresh_token_invalid',
      );
      assert.equal((await server.post('/auth/logout', {}, later.token)).status, 401);
      assert.equal((await server.post('/auth/logout', { refreshToken: 'unknown' })).status, 204);
      people = await makePeople(server);
    } finally {
      server.clock.advance({ minutes: 0 });
    }
  });

  test('a refresh token is no access token, nor the other way', async () => {
    assert.equal((await server.get('/me', people.student.refreshToken)).status, 401);
    assert.equal(
      (await server.post('/auth/refresh', { refreshToken: people.student.token.slice(0, 200) })).status,
      401,
    );
  });

  test('a token that names another’s session is refused', async () => {
    const { deps } = server.open;
    const [row] = await runSql<{ id: string }>(
      deps.db,
      'select id from session where user_id = $1 and ended_at is null',
      [people.admin.id],
    );
    const now = server.clock.now();
    const { token } = await deps.accessTokens.issue(
      { userId: people.student.id, sessionId: row!.id, authenticatedAt: now },
      now,
    );
    assert.equal((await server.get('/me', token)).status, 401);
    const own = await deps.accessTokens.issue(
      { userId: people.admin.id, sessionId: row!.id, authenticatedAt: now },
      now,
    );
    assert.equal((await server.get('/me', own.token)).status, 200);
  });

  test('a login with the old password, under way while it is changed, leaves no session', async () => {
    for (let round = 0; round < 5; round += 1) {
      const person = await makePerson(server, 'student');
      const { deps } = server.open;
      const admin = { userId: people.admin.id, sessionId: people.admin.id, role: 'admin' } as const;
      const [login] = await Promise.all([
        server.post('/auth/login', { email: person.email, password: person.password }),
        updateUserByAdmin(deps, admin, person.id, { password: `another-phrase-${round}` }, null),
      ]);
      if (login.status === 200) assert.equal((await server.get('/me', login.body.accessToken)).status, 401);
      const [row] = await runSql<{ open: number }>(
        deps.db,
        'select count(*)::int as open from session where user_id = $1 and ended_at is null',
        [person.id],
      );
      assert.equal(row?.open, 0);
    }
  });

  test('an earlier answer is not given again to one who lost the right, or the session', async () => {
    const admin = await makePerson(server, 'admin');
    const make = () =>
      server.post('/users', { name: 'Once', role: 'student' }, admin.token, { 'idempotency-key': 'kept-1' });
    assert.equal((await make()).status, 201);
    assert.equal((await make()).headers.get('idempotent-replayed'), 'true');
    await server.patch(`/users/${admin.id}`, { role: 'student' }, people.admin.token);
    assert.equal((await make()).status, 403);
    await server.post('/auth/logout', undefined, admin.token);
    assert.equal((await make()).status, 401);
  });

  test('long names page like short ones', async () => {
    for (const end of ['1', '2', '3']) {
      await server.post('/users', { name: `${'😀'.repeat(299)}${end}`, role: 'student' }, people.admin.token);
    }
    const list = '/users?sort=-name&limit=1';
    let cursor = (await server.get(list, people.admin.token)).body.nextCursor as string;
    for (const _ of [1, 2]) {
      const page = await server.get(`${list}&cursor=${cursor}`, people.admin.token);
      assert.equal(page.status, 200, page.text);
      cursor = page.body.nextCursor;
    }
  });

  test('used refresh tokens and ended sessions do not pile up; what is in use stays', async () => {
    const person = await server.registerStudent();
    let { refreshToken } = person;
    for (let day = 0; day < 45; day += 15) {
      const answer = await server.post('/auth/refresh', { refreshToken });
      refreshToken = answer.body.refreshToken;
      server.clock.advance({ days: 15 });
    }
    const [purge] = identityJobs;
    await purge!.run(
      server.open.deps,
      {},
      { id: '1', attempt: 1, isLastAttempt: false, signal: AbortSignal.timeout(10_000) },
    );
    const counts =
      'select (select count(*)::int from session) as sessions, (select count(*)::int from refresh_token) as tokens';
    const [row] = await runSql<{ sessions: number; tokens: number }>(server.open.deps.db, counts);
    assert.deepEqual(row, { sessions: 1, tokens: 3 });
    assert.equal(
      (await server.post('/auth/refresh', { refreshToken: person.refreshToken })).body.code,
      'refresh_token_invalid',
    );
    assert.equal((await server.post('/auth/refresh', { refreshToken })).status, 200);
  });
});

suite('ACCESS_TOKEN_BLACKLIST_ENABLED=false', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ config: { accessTokenBlacklistEnabled: false } });
  });
  after(() => server.stop());

  test('an access token outlives its session until it expires, but not its person’s deactivation', async () => {
    const person = await server.registerStudent();
    await server.post('/auth/logout', undefined, person.token);
    assert.equal((await server.get('/me', person.token)).status, 200);
    assert.equal((await server.post('/auth/refresh', { refreshToken: person.refreshToken })).status, 401);
    const admin = await makePerson(server, 'admin');
    await server.delete(`/users/${person.id}`, admin.token);
    assert.equal((await server.get('/me', person.token)).status, 401);
  });
});
