import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  addApp,
  addPasskey,
  beginLogin,
  makeMember,
  makeRecoveryCodes,
  makeStale,
  ok,
  openSession,
} from '#test/factors.ts';
import { makePerson } from '#test/people.ts';
import { announcedOf, mailedToken } from '#test/mailed-token.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { waitFor } from '#test/wait.ts';
import { runSql } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { identityJobs } from './jobs.ts';

suite('attacks on second factors', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  const complete = (challengeToken: string, code: string, method = 'totp') =>
    server.post('/auth/login/challenges', { challengeToken, method, code });
  const codeOf = ({ status, body }: { status: number; body: { code?: string } }) => [status, body.code];
  const refused = [401, 'factor_refused'];
  const invalid = [401, 'challenge_invalid'];

  test('with a second factor the password gives a challenge and no session; its answer does', async () => {
    const person = await makePerson(server, 'instructor');
    const app = await addApp(server, person.token);
    const login = () => server.post('/auth/login', { email: person.email, password: person.password });
    const wrong = await server.post('/auth/login', { email: person.email, password: 'not-the-password' });
    assert.deepEqual(codeOf(wrong), [401, 'invalid_credentials'], 'tells nothing of the factor');
    const first = await login();
    const { challengeToken, ...rest } = first.body;
    assert.deepEqual(rest, { result: 'mfaRequired', methods: ['totp', 'recoveryCode'], expiresIn: 600 });
    assert.equal(first.headers.get('cache-control'), 'no-store');
    const done = await complete(challengeToken, app.next());
    assert.equal(done.status, 200, done.text);
    assert.equal(done.body.user.id, person.id);
    assert.equal((await server.get('/me', done.body.accessToken)).status, 200);
    const text = `select methods from session where user_id = $1 order by created_at desc, id desc limit 1`;
    assert.deepEqual(await runSql(server.open.deps.db, text, [person.id]), [
      { methods: ['password', 'totp'] },
    ]);
    const { refreshToken } = done.body;
    assert.equal((await server.post('/auth/refresh', { refreshToken })).status, 200);
  });

  test('a reset of the password takes no factor away: the login after it asks for one', async () => {
    const person = await makePerson(server, 'student');
    const app = await addApp(server, person.token);
    const token = await mailedToken(server, 'passwordReset', person.id);
    const password = 'rowan-and-yew-52';
    assert.equal((await server.put(`/auth/password-resets/${token}`, { password })).status, 204);
    const login = await server.post('/auth/login', { email: person.email, password });
    assert.equal(login.body.result, 'mfaRequired');
    assert.equal((await complete(login.body.challengeToken, app.next())).status, 200);
  });

  test('a challenge token is no access token, no refresh token, and good once', async () => {
    const { id, token } = await makeMember(server);
    const app = await addApp(server, token);
    const challengeToken = await beginLogin(server, id);
    assert.equal((await server.get('/me', challengeToken)).status, 401);
    assert.equal((await server.post('/auth/refresh', { refreshToken: challengeToken })).status, 401);
    assert.equal((await complete(challengeToken, app.next())).status, 200);
    assert.deepEqual(codeOf(await complete(challengeToken, app.next())), invalid);
    assert.deepEqual(codeOf(await complete(token, app.next())), [400, 'invalid']);
    assert.deepEqual(codeOf(await complete('unknown', app.next())), invalid);
    const noToken = await server.post('/auth/login/challenges', { method: 'totp', code: app.next() });
    assert.deepEqual(codeOf(noToken), invalid, 'a code alone signs nobody in');
  });

  test('TOTP replay: a code that was taken is refused, and so is one before it', async () => {
    const { id, token } = await makeMember(server);
    const app = await addApp(server, token);
    const first = app.next();
    const second = app.next();
    assert.equal((await complete(await beginLogin(server, id), second)).status, 200);
    for (const code of [second, first])
      assert.deepEqual(codeOf(await complete(await beginLogin(server, id), code)), refused);
    server.clock.advance({ seconds: 30 });
    assert.equal((await complete(await beginLogin(server, id), app.next())).status, 200);
  });

  test('of two who show one code at the same instant one gets in', async () => {
    const { id, token } = await makeMember(server);
    const app = await addApp(server, token);
    const [code, ...tokens] = [app.next(), await beginLogin(server, id), await beginLogin(server, id)];
    const answers = await Promise.all(tokens.map((each) => complete(each, code)));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 401]);
  });

  test('of two uses of a recovery code at the same instant one counts, and its owner is told', async () => {
    const { id, token } = await makeMember(server);
    await addApp(server, token);
    const [code = ''] = await makeRecoveryCodes(server, token);
    const tokens = [await beginLogin(server, id), await beginLogin(server, id), await beginLogin(server, id)];
    const answers = await Promise.all(tokens.map((each) => complete(each, code, 'recoveryCode')));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [200, 401, 401]);
    assert.equal((await server.get('/me/recovery-codes', token)).body.left, 9);
    const announced = (await announcedOf(server, id)).map(({ data }) => [data['change'], data['codesLeft']]);
    assert.deepEqual(announced, [
      ['totpAdded', undefined],
      ['recoveryCodesMade', undefined],
      ['recoveryCodeUsed', 9],
    ]);
  });

  test('a challenge takes five tries, also many at once, and dies after ten minutes', async () => {
    const { id, token } = await makeMember(server);
    await addApp(server, token);
    const [code = ''] = await makeRecoveryCodes(server, token);
    const challengeToken = await beginLogin(server, id);
    const tries = Array.from({ length: 9 }, () => complete(challengeToken, 'wrong', 'recoveryCode'));
    const codes = (await Promise.all(tries)).map(({ body }) => body.code as string);
    assert.equal(codes.filter((each) => each === 'factor_refused').length, 5);
    assert.deepEqual(codeOf(await complete(challengeToken, code, 'recoveryCode')), invalid);
    const late = await beginLogin(server, id);
    server.clock.advance({ minutes: 10 });
    assert.deepEqual(codeOf(await complete(late, code, 'recoveryCode')), invalid);
    const [purge] = identityJobs;
    const run = { id: '1', attempt: 1, isLastAttempt: false, signal: AbortSignal.timeout(10_000) };
    server.clock.advance({ seconds: 1 });
    await purge!.run(server.open.deps, {}, run);
    const text = 'select from login_challenge where user_id = $1';
    assert.deepEqual(await runSql(server.open.deps.db, text, [id]), []);
  });

  test('codes guessed over many challenges, on all nodes, wait longer and longer; passkeys and recovery codes do not', async () => {
    const { id, token } = await makeMember(server);
    const app = await addApp(server, token);
    const key = await addPasskey(server, token);
    const codes = await makeRecoveryCodes(server, token);
    const second = await startTestServer({ databaseUrl: server.open.deps.config.databaseUrl ?? '' });
    try {
      second.clock.advance({ ms: server.clock.now().getTime() - second.clock.now().getTime() });
      const guess = async (node: TestServer, code = '000000') => {
        const body = { challengeToken: await beginLogin(server, id), method: 'totp', code };
        return node.post('/auth/login/challenges', body);
      };
      for (const node of [server, second, server, second, server])
        assert.deepEqual(codeOf(await guess(node)), refused);
      const blocked = await guess(second, app.next());
      assert.deepEqual(codeOf(blocked), [429, 'too_many_attempts'], 'the right one, too');
      assert.equal(blocked.headers.get('retry-after'), '60');
      assert.equal(
        (await complete(await beginLogin(server, id), codes[0] ?? '', 'recoveryCode')).status,
        200,
      );
      const asked = ok(await server.post('/auth/login/passkey-options'));
      const credential = key.assert(asked['options'] as Parameters<typeof key.assert>[0]);
      const byPasskey = await server.post('/auth/login/challenges', { method: 'passkey', credential });
      assert.equal(byPasskey.status, 200, byPasskey.text);
      server.clock.advance({ minutes: 1 });
      assert.deepEqual(codeOf(await guess(server)), refused);
      assert.equal((await guess(server)).headers.get('retry-after'), '120');
      server.clock.advance({ minutes: 2 });
      assert.equal((await guess(server, app.next())).status, 200);
      assert.deepEqual(codeOf(await guess(server)), refused, 'counted from the start again');
      const told = (await announcedOf(server, id)).filter(({ type }) => type === 'user.factor_refused');
      assert.equal(told.length, 1);
    } finally {
      await second.stop();
    }
  });

  test('lockout of others: who does not know the password blocks nothing', async () => {
    const person = await makePerson(server, 'student');
    const app = await addApp(server, person.token);
    for (let round = 0; round < 3; round += 1) {
      await server.post('/auth/login', { email: person.email, password: 'not-the-password' });
      await complete('guessed-token', '000000');
    }
    const { challengeToken } = (
      await server.post('/auth/login', { email: person.email, password: person.password })
    ).body;
    assert.equal((await complete(challengeToken, app.next())).status, 200);
  });

  test('a code of another person opens no challenge, nor does their recovery code', async () => {
    const victim = await makeMember(server);
    const thief = await makeMember(server);
    await addApp(server, victim.token);
    const app = await addApp(server, thief.token);
    const [code = ''] = await makeRecoveryCodes(server, thief.token);
    assert.deepEqual(codeOf(await complete(await beginLogin(server, victim.id), app.next())), refused);
    const crossed = await complete(await beginLogin(server, victim.id), code, 'recoveryCode');
    assert.deepEqual(codeOf(crossed), refused);
  });

  test('downgrade: a session without the factor, or of long ago, takes no factor away and adds none', async () => {
    const { id, token } = await makeMember(server);
    const app = await addApp(server, token);
    const key = await addPasskey(server, token);
    const weak = await openSession(server, id);
    await makeRecoveryCodes(server, token);
    const sensitive = [
      ['POST', '/me/totp'],
      ['DELETE', '/me/totp'],
      ['POST', '/me/recovery-codes'],
      ['POST', '/me/passkeys/options'],
      ['POST', '/me/passkeys'],
      ['DELETE', `/me/passkeys/${key.id}`],
    ] as const;
    const assertRefused = async (bearer: string) => {
      for (const [method, path] of sensitive) {
        const answer = await server.request(method, path, { token: bearer });
        assert.deepEqual(codeOf(answer), [403, 'step_up_required'], `${method} ${path}`);
        assert.deepEqual(answer.body.errors[0].params.methods, ['totp', 'passkey', 'recoveryCode']);
      }
    };
    await assertRefused(weak);
    await makeStale(server, id);
    await assertRefused(token);
    const byPassword = await server.post('/auth/step-up', { method: 'password', password: 'any' }, token);
    assert.deepEqual(codeOf(byPassword), [403, 'step_up_required'], 'the password is not enough');
    const shown = await server.post('/auth/step-up', { method: 'totp', code: app.next() }, token);
    assert.equal(shown.status, 200, shown.text);
    assert.equal(Date.parse(shown.body.freshUntil) - server.clock.now().getTime(), 900_000);
    assert.equal((await server.delete('/me/totp', token)).status, 204);
    await assert.rejects(assertRefused(token), 'the session is fresh');
  });

  test('a login that waits ends with the sessions: by a new password, by deactivating', async () => {
    const admin = await makeMember(server, 'admin');
    const person = await makePerson(server, 'student');
    const app = await addApp(server, person.token);
    const waiting = await beginLogin(server, person.id);
    const change = { password: 'another-pass-phrase' };
    assert.equal((await server.patch(`/users/${person.id}`, change, admin.token)).status, 200);
    assert.deepEqual(codeOf(await complete(waiting, app.next())), invalid);
    const again = await beginLogin(server, person.id);
    assert.equal((await server.delete(`/users/${person.id}`, admin.token)).status, 204);
    assert.deepEqual(codeOf(await complete(again, app.next())), invalid);
  });

  test('the audit trail tells what was changed, shown and refused, by whom, and holds no code', async () => {
    const person = await makePerson(server, 'student');
    const app = await addApp(server, person.token);
    const [code = ''] = await makeRecoveryCodes(server, person.token);
    const login = async () =>
      (await server.post('/auth/login', { email: person.email, password: person.password })).body
        .challengeToken as string;
    await complete(await login(), '000000');
    await complete(await login(), code, 'recoveryCode');
    await server.post('/auth/step-up', { method: 'totp', code: app.next() }, person.token);
    await server.post('/auth/step-up', { method: 'totp', code: '000000' }, person.token);
    const rows = await runSql<{ told: string; details: string }>(
      server.open.deps.db,
      `select concat_ws(' ', action, outcome, actor_kind, details::jsonb -> 'after' ->> 'change',
         details::jsonb -> 'after' ->> 'reason', details::jsonb -> 'after' ->> 'method') as told, details
       from audit_entry where person_id = $1 order by at, id`,
      [person.id],
    );
    const told = rows.map((row) => row.told);
    assert.deepEqual(told.slice(told.indexOf('factors.changed done person totpAdded')), [
      'factors.changed done person totpAdded',
      'factors.changed done person recoveryCodesMade',
      'session.challenged done anonymous',
      'session.refused refused anonymous factor_refused totp',
      'session.challenged done anonymous',
      'factors.changed done person recoveryCodeUsed',
      'session.started done person',
      'session.stepped_up done person totp',
      'session.stepped_up refused person totp',
    ]);
    const all = rows.map(({ details }) => details).join(' ');
    assert.ok(!all.includes(code) && !all.includes(app.secret));
  });

  test('a login by the password alone, under way while the first factor is added, gives no session', async () => {
    const { db } = server.open.deps;
    const person = await makePerson(server, 'student');
    const login = await inTransaction(db, async (tx) => {
      await runSql(tx, 'update app_user set has_totp = true where id = $1', [person.id]);
      const under = server.post('/auth/login', { email: person.email, password: person.password });
      // It has read that there is no factor, and waits to hold the person.
      const text = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await waitFor('the login waits', async () => (await runSql(db, text)).length > 0);
      return { under };
    });
    assert.equal((await login.under).body.result, 'mfaRequired');
  });

  test('foreign ids: nobody reads or changes the factors of others but admins, who cannot read secrets', async () => {
    const victim = await makeMember(server);
    const stranger = await makeMember(server, 'instructor');
    const admin = await makeMember(server, 'admin');
    await addApp(server, victim.token);
    await makeRecoveryCodes(server, victim.token);
    const path = `/users/${victim.id}/factors`;
    assert.equal((await server.get(path, stranger.token)).status, 403);
    assert.equal((await server.delete(path, stranger.token)).status, 403);
    assert.deepEqual((await server.get(path, admin.token)).body, {
      totp: true,
      passkeys: 0,
      recoveryCodesLeft: 10,
    });
    await makeStale(server, admin.id);
    assert.deepEqual(codeOf(await server.delete(path, admin.token)), [403, 'step_up_required']);
    assert.equal((await server.delete(path, await openSession(server, admin.id))).status, 204);
    assert.equal((await server.get('/me', victim.token)).status, 401, 'their sessions have ended');
    const fresh = await openSession(server, victim.id);
    assert.equal((await server.get('/me/totp', fresh)).body.isActive, false);
    assert.equal((await server.get('/me/recovery-codes', fresh)).body.left, 0);
    const last = (await announcedOf(server, victim.id)).at(-1);
    assert.deepEqual(last?.data, { userId: victim.id, change: 'removedByAdmin' });
    assert.equal(
      (
        await server.delete(
          `/users/${'0'.repeat(8)}-0000-7000-8000-${'0'.repeat(12)}/factors`,
          await openSession(server, admin.id),
        )
      ).status,
      404,
    );
  });
});
