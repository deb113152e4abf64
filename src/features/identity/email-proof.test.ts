import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { newId } from '#platform/ids.ts';
import { announcedOf, mailedToken } from '#test/mailed-token.ts';
import { makePeople, makePerson, signIn, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { beginVerification } from './commands/begin-verification.ts';
import { findEmailToken } from './commands/find-email-token.ts';
import { findRecipients } from './commands/find-recipients.ts';
import { identityJobs } from './jobs.ts';

suite('confirming an address and resetting a password', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const verify = (token: string) => server.post('/auth/email-verifications', { token });
  const reset = (token: string, password = 'rowan-and-yew-52') =>
    server.put(`/auth/password-resets/${token}`, { password });
  const askToReset = (email: string) => server.post('/auth/password-resets', { email });
  const askToVerify = (email: string) => server.post('/auth/email-verifications', { email });
  const tokenOf = async (id: string | undefined) => findEmailToken(server.open.deps, id ?? newId());

  test('who registers is sent one token, which confirms the address', async () => {
    const person = await server.registerStudent();
    assert.equal((await server.get('/me', person.token)).body.emailVerified, false);
    const [first, ...more] = await announcedOf(server, person.id);
    assert.deepEqual(
      [first?.type, first?.data['reason'], more],
      ['user.verification_requested', 'registered', []],
    );
    const found = await tokenOf(first?.data['tokenId']);
    const { id, email, name } = person;
    assert.deepEqual(found?.user, { id, email, name, locale: 'en' });
    assert.equal((await verify(found.token)).status, 204);
    assert.equal((await server.get('/me', person.token)).body.emailVerified, true);
    assert.equal(await tokenOf(first?.data['tokenId']), undefined);
  });

  test('an account that an admin or the command line makes is vouched for, and asked nothing', async () => {
    const made = await server.post(
      '/users',
      { email: 'made@example.com', name: 'Made', role: 'student' },
      people.admin.token,
    );
    assert.equal(made.body.emailVerified, true);
    assert.deepEqual(await announcedOf(server, made.body.id), []);
    const nameless = await server.post('/users', { name: 'No Address', role: 'student' }, people.admin.token);
    assert.equal(nameless.body.emailVerified, false);
    assert.equal((await server.get('/me', people.admin.token)).body.emailVerified, true);
  });

  test('the mail is sent again on demand, and then only the newer token counts', async () => {
    const person = await server.registerStudent();
    await server.runJobs();
    assert.equal((await askToVerify(person.email.toUpperCase())).status, 202);
    const [first, second] = await announcedOf(server, person.id);
    assert.equal(second?.data['reason'], 'requested');
    assert.equal(await tokenOf(first?.data['tokenId']), undefined);
    const token = (await tokenOf(second?.data['tokenId']))?.token ?? '';
    assert.equal((await verify(token)).status, 204);
    await askToVerify(person.email);
    assert.equal((await announcedOf(server, person.id)).length, 2, 'nothing is left to confirm');
  });

  test('a job that runs twice makes no second token, and an old one takes no newer one’s place', async () => {
    const person = await server.registerStudent();
    await server.runJobs();
    const older = { userId: person.id, tokenId: newId(), reason: 'requested' } as const;
    const newer = { ...older, tokenId: newId() };
    const first = { ...older, tokenId: person.id, reason: 'registered' } as const;
    for (const each of [newer, newer, older, first]) await beginVerification(server.open.deps, each);
    const [, ...events] = await announcedOf(server, person.id);
    assert.deepEqual(
      events.map(({ data }) => data['tokenId']),
      [newer.tokenId],
    );
    assert.ok(await tokenOf(newer.tokenId));
  });

  test('a reset sets the password, ends all sessions at once, and proves the address', async () => {
    const person = await server.registerStudent();
    const other = await signIn(server, person.email, person.password);
    await server.runJobs();
    await askToReset(person.email);
    const [, asked] = await announcedOf(server, person.id);
    assert.equal(asked?.type, 'user.password_reset_requested');
    const token = (await tokenOf(asked.data['tokenId']))?.token ?? '';
    assert.equal((await reset(token)).status, 204);
    for (const each of [person, other]) {
      assert.equal((await server.get('/me', each.token)).status, 401);
      assert.equal((await server.post('/auth/refresh', { refreshToken: each.refreshToken })).status, 401);
    }
    const old = await server.post('/auth/login', { email: person.email, password: person.password });
    assert.equal(old.body.code, 'invalid_credentials');
    const { token: access } = await signIn(server, person.email, 'rowan-and-yew-52');
    assert.equal((await server.get('/me', access)).body.emailVerified, true);
    assert.equal((await announcedOf(server, person.id)).at(-1)?.type, 'user.password_changed');
  });

  test('a weak password is refused with its reasons, and does not use the token up', async () => {
    const person = await server.registerStudent('Ottilie Weber-Lund');
    const token = await mailedToken(server, 'passwordReset', person.id);
    const codeOf = async (password: string) => (await reset(token, password)).body.errors[0].code as string;
    assert.equal(await codeOf('short'), 'min_length');
    assert.equal(await codeOf('password1'), 'password_common');
    assert.equal(await codeOf('ottilie weber-lund'), 'password_personal');
    assert.equal((await reset(token)).status, 204);
  });

  test('one who has no password yet gets one by a reset', async () => {
    const made = await server.post(
      '/users',
      { email: 'invited@example.com', name: 'Invited', role: 'instructor' },
      people.admin.token,
    );
    assert.equal((await reset(await mailedToken(server, 'passwordReset', made.body.id))).status, 204);
    assert.ok(await signIn(server, 'invited@example.com', 'rowan-and-yew-52'));
  });

  test('another address, given by an admin, is to be confirmed anew; the same one is not', async () => {
    const person = await server.registerStudent();
    await verify(await mailedToken(server, 'verification', person.id));
    const patch = (body: object) => server.patch(`/users/${person.id}`, body, people.admin.token);
    assert.equal((await patch({ email: person.email, name: 'Same' })).body.emailVerified, true);
    const asked = async () =>
      (await announcedOf(server, person.id)).filter(({ type }) => type === 'user.verification_requested');
    const before = (await asked()).length;
    assert.equal((await patch({ email: `new-${person.email}` })).body.emailVerified, false);
    const [event] = (await asked()).slice(before);
    assert.equal(event?.data['reason'], 'addressChanged');
    assert.equal((await tokenOf(event.data['tokenId']))?.user.email, `new-${person.email}`);
    assert.equal((await patch({ email: null })).body.emailVerified, false);
    assert.equal((await asked()).length, before + 1);
  });

  test('a new password that an admin sets is announced', async () => {
    const person = await server.registerStudent();
    await server.runJobs();
    await server.patch(`/users/${person.id}`, { password: 'rowan-and-yew-52' }, people.admin.token);
    assert.equal((await announcedOf(server, person.id)).at(-1)?.type, 'user.password_changed');
  });

  test('a request says what it wants in one way', async () => {
    for (const body of [{}, { token: 'x', email: 'a@example.com' }, { email: 'no address' }]) {
      const answer = await server.post('/auth/email-verifications', body);
      assert.equal(answer.status, 400, answer.text);
      assert.equal(answer.body.code, 'invalid');
    }
    assert.equal((await askToReset('no address')).status, 400);
  });

  test('recipients are told as they are', async () => {
    const { student, admin } = people;
    const rows = await findRecipients(server.open.deps.db, [student.id, admin.id, newId()]);
    assert.deepEqual(
      rows.find(({ id }) => id === student.id),
      {
        id: student.id,
        email: student.email,
        name: 'Test student',
        locale: 'en',
        status: 'active',
        isEmailVerified: true,
      },
    );
    assert.equal(rows.length, 2);
    assert.deepEqual(await findRecipients(server.open.deps.db, []), []);
  });

  test('expired tokens do not pile up', async () => {
    await mailedToken(server, 'passwordReset');
    await server.runJobs();
    const count = async () => {
      const sql = 'select count(*)::int as count from email_token';
      return (await runSql<{ count: number }>(server.open.deps.db, sql))[0]?.count;
    };
    const purge = identityJobs.find(({ definition }) => definition.name === 'identity.purge-sessions');
    const run = { id: '1', attempt: 1, isLastAttempt: false, signal: AbortSignal.timeout(10_000) };
    const before = await count();
    await purge?.run(server.open.deps, {}, run);
    assert.equal(await count(), before);
    server.clock.advance({ days: 11 });
    await purge?.run(server.open.deps, {}, run);
    assert.equal(await count(), 0);
  });
});

suite('REQUIRE_EMAIL_VERIFICATION_FOR_LOGIN=true', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer({ config: { requireEmailVerificationForLogin: true } });
    people = await makePeople(server);
  });
  after(() => server.stop());

  const password = 'rowan-and-yew-52';
  const register = (email: string) => server.post('/auth/register', { email, password, name: 'Eve' });
  const login = (email: string, typed = password) => server.post('/auth/login', { email, password: typed });
  const registerAhead = async (email: string) => {
    assert.equal((await register(email)).status, 202);
    const found = 'select id from app_user where email_key = $1';
    const [row] = await runSql<{ id: string }>(server.open.deps.db, found, [email]);
    return { email, id: row?.id ?? assert.fail() };
  };

  test('nobody signs in before the address is confirmed, and nobody is told why but by what is told everybody', async () => {
    const answer = await register('eve@example.com');
    assert.deepEqual([answer.status, answer.body], [202, { result: 'verificationRequired' }]);
    const refused = await login('eve@example.com');
    assert.deepEqual([refused.status, refused.body.code], [401, 'invalid_credentials']);
    assert.match(refused.body.detail, /waits to be confirmed/);
    const [row] = await runSql<{ id: string }>(
      server.open.deps.db,
      `select id from app_user where email_key = $1`,
      ['eve@example.com'],
    );
    const [event] = await announcedOf(server, row?.id ?? '');
    const found = await findEmailToken(server.open.deps, event?.data['tokenId'] ?? '');
    assert.equal((await server.post('/auth/email-verifications', { token: found?.token })).status, 204);
    assert.equal((await login('eve@example.com')).status, 200);
  });

  test('who was confirmed and has another address by an admin is told that it is to be confirmed, and nobody but they', async () => {
    const { id } = await makePerson(server, 'student');
    const change = { email: 'given@example.com', password };
    assert.equal((await server.patch(`/users/${id}`, change, people.admin.token)).status, 200);
    assert.equal((await login('given@example.com', 'wrong')).body.code, 'invalid_credentials');
    const refused = await login('given@example.com');
    assert.deepEqual([refused.status, refused.body.code], [403, 'email_not_verified']);
  });

  test('a taken address gets the same answer; its owner is told, their account stays as it is', async () => {
    const before = await server.get('/me', people.student.token);
    const [known, unknown] = [await register(people.student.email), await register('new@example.com')];
    assert.deepEqual([known.status, known.text], [unknown.status, unknown.text]);
    assert.deepEqual(await server.get('/me', people.student.token).then(({ body }) => body), before.body);
    assert.equal((await login(people.student.email)).status, 401);
    const events = await announcedOf(server, people.student.id);
    assert.deepEqual(
      events.map(({ type }) => type),
      ['user.register_repeated'],
    );
  });

  test('who registers with another’s address first cannot sign in once its owner confirms it; who reads its mail chooses the password', async () => {
    const email = 'owner@example.com';
    const attempt = (typed: string) =>
      server.post('/auth/register', { email, password: typed, name: 'Owner' });
    assert.equal((await attempt('the-attackers-own-7')).status, 202);
    assert.equal((await attempt('the-owners-own-7')).status, 202);
    const [row] = await runSql<{ id: string }>(
      server.open.deps.db,
      `select id from app_user where email_key = $1`,
      [email],
    );
    const proof = await mailedToken(server, 'verification', row?.id);
    assert.equal((await server.post('/auth/email-verifications', { token: proof })).status, 204);
    assert.equal((await login(email, 'the-attackers-own-7')).status, 401);
    assert.equal((await login(email, 'the-owners-own-7')).status, 401);
    const token = await mailedToken(server, 'passwordReset', row?.id);
    assert.equal((await server.put(`/auth/password-resets/${token}`, { password })).status, 204);
    assert.equal((await login(email)).status, 200);
    await attempt('the-attackers-own-7');
    assert.equal((await login(email)).status, 200, 'a confirmed one keeps its password');
  });

  test('a stranger who registers with an address that an admin gave takes its person’s password away from nobody', async () => {
    const { id } = await makePerson(server, 'student');
    const email = 'given-and-tried@example.com';
    const typed = 'a-password-of-theirs-5';
    await server.patch(`/users/${id}`, { email, password: typed }, people.admin.token);
    assert.equal((await register(email)).status, 202);
    const token = await mailedToken(server, 'verification', id);
    assert.equal((await server.post('/auth/email-verifications', { token })).status, 204);
    assert.equal((await login(email, typed)).status, 200);
  });

  test('account pre-hijacking: what a stranger chose with somebody’s address counts no more once its owner confirms it by a password', async () => {
    const { email, id } = await registerAhead('ahead@example.com');
    const token = await mailedToken(server, 'verification', id);
    const confirm = (typed: string) => server.post('/auth/email-verifications', { token, password: typed });
    const weak = await confirm('password1');
    assert.deepEqual([weak.status, weak.body.errors[0].code], [400, 'password_common']);
    const done = await confirm('the-owners-own-7');
    assert.equal(done.status, 204, done.text);
    assert.ok(done.headers.get('x-device-token'), 'the device is known from now on');
    assert.equal((await login(email)).status, 401);
    assert.equal((await login(email, 'the-owners-own-7')).status, 200);
    assert.equal((await confirm('the-owners-own-8')).body.code, 'email_token_invalid');
  });

  test('who registered confirms by the same password, on whatever device, or as ever by the link alone', async () => {
    const byPassword = await registerAhead('same@example.com');
    const token = await mailedToken(server, 'verification', byPassword.id);
    assert.equal((await server.post('/auth/email-verifications', { token, password })).status, 204);
    assert.equal((await login(byPassword.email)).status, 200);
    const alone = await registerAhead('alone@example.com');
    const other = await mailedToken(server, 'verification', alone.id);
    assert.equal((await server.post('/auth/email-verifications', { token: other })).status, 204);
    assert.equal((await login(alone.email)).status, 200);
    const owned = 'select own_since is not null as own from app_user where id = any($1) order by email desc';
    const rows = await runSql<{ own: boolean }>(server.open.deps.db, owned, [[byPassword.id, alone.id]]);
    assert.deepEqual(rows, [{ own: true }, { own: false }], 'by the link alone nobody knows who registered');
  });

  test('the owner of an address says that it was not they who registered: it is free at once, and the account erased later', async () => {
    const { email, id } = await registerAhead('not-me@example.com');
    const token = await mailedToken(server, 'verification', id);
    const undo = () => server.delete(`/auth/email-verifications/${token}`);
    assert.equal((await undo()).status, 204);
    assert.deepEqual([(await undo()).status, (await login(email)).status], [400, 401]);
    const { admin } = people;
    const shut = (await server.get(`/users/${id}`, admin.token)).body;
    assert.deepEqual([shut.status, shut.email], ['deactivated', null]);
    const pending = 'select 1 from erasure where user_id = $1 and cancelled_at is null';
    assert.equal((await runSql(server.open.deps.db, pending, [id])).length, 1);
    const again = await registerAhead(email);
    assert.notEqual(again.id, id, 'the owner registers');
    const proof = await mailedToken(server, 'verification', again.id);
    await server.patch(`/users/${again.id}`, { role: 'instructor' }, admin.token);
    assert.equal((await server.delete(`/auth/email-verifications/${proof}`)).status, 409, 'has a say by now');
    await server.patch(`/users/${again.id}`, { role: 'student' }, admin.token);
    assert.equal((await server.post('/auth/email-verifications', { token: proof })).status, 204);
    assert.equal((await server.delete(`/auth/email-verifications/${proof}`)).status, 400, 'confirmed');
  });

  test('of two who register one address at the same moment one makes it, and neither can tell', async () => {
    const answers = await Promise.all([register('race@example.com'), register('RACE@example.com')]);
    assert.deepEqual(
      answers.map(({ status }) => status),
      [202, 202],
    );
    const rows = await runSql<{ id: string }>(
      server.open.deps.db,
      `select id from app_user where email_key = 'race@example.com'`,
    );
    assert.equal(rows.length, 1);
    const types = (await announcedOf(server, rows[0]?.id ?? '')).map(({ type }) => type);
    assert.deepEqual(types.toSorted(), ['user.register_repeated', 'user.verification_requested']);
  });

  test('with another address a session cannot be renewed until it is confirmed; the token is not used up', async () => {
    const { otherStudent } = people;
    const refresh = () => server.post('/auth/refresh', { refreshToken: otherStudent.refreshToken });
    await server.patch(`/users/${otherStudent.id}`, { email: 'moved@example.com' }, people.admin.token);
    const refused = await refresh();
    assert.deepEqual([refused.status, refused.body.code], [403, 'email_not_verified']);
    const token = await mailedToken(server, 'verification', otherStudent.id);
    assert.equal((await server.post('/auth/email-verifications', { token })).status, 204);
    assert.equal((await refresh()).status, 200);
  });

  test('a reset lets in whoever never confirmed', async () => {
    await register('lost@example.com');
    const [row] = await runSql<{ id: string }>(
      server.open.deps.db,
      `select id from app_user where email_key = 'lost@example.com'`,
    );
    const token = await mailedToken(server, 'passwordReset', row?.id);
    await server.put(`/auth/password-resets/${token}`, { password: 'another-phrase-7' });
    assert.equal((await login('lost@example.com', 'another-phrase-7')).status, 200);
  });
});
