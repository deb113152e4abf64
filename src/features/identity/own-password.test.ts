import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import type { Person } from '#test/client.ts';
import { addPasskey, makeMember, makeStale, openSession } from '#test/factors.ts';
import { announcedOf, mailedToken } from '#test/mailed-token.ts';
import { linkTo } from '#test/access/sso-things.ts';
import { makePerson, signIn } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';

suite('changing one’s own password', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  const next = 'rowan-and-yew-52';
  const provider = { key: 'school', name: 'School', clientId: 'lms', issuer: 'https://idp.example.edu' };
  const change = ({ token }: Pick<Person, 'token'>, body: object) => server.put('/me/password', body, token);
  const right = (person: Person, password = next) =>
    change(person, { currentPassword: person.password, password });
  const actions = (userId: string) =>
    runSql<{ action: string; outcome: string }>(
      server.open.deps.db,
      `select action, outcome from audit_entry where person_id = $1 and action = 'password.changed' order by id`,
      [userId],
    );

  test('ends all other sessions at once, keeps the present one, and is recorded and told', async () => {
    const person = await server.registerStudent();
    const other = await signIn(server, person.email, person.password);
    assert.equal((await right(person)).status, 204);
    assert.equal((await server.get('/me', person.token)).status, 200);
    assert.equal((await server.get('/me', other.token)).status, 401);
    const renewed = await server.post('/auth/refresh', { refreshToken: person.refreshToken });
    assert.equal(renewed.status, 200);
    const login = (password: string) => server.post('/auth/login', { email: person.email, password });
    assert.equal((await login(person.password)).status, 401);
    assert.equal((await login(next)).status, 200);
    assert.deepEqual(await actions(person.id), [{ action: 'password.changed', outcome: 'done' }]);
    const event = (await announcedOf(server, person.id)).find(({ type }) => type === 'user.password_changed');
    assert.deepEqual(Object.keys(event?.data ?? {}).toSorted(), ['sessionId', 'userId']);
  });

  test('makes void what was mailed for a new password before', async () => {
    const person = await server.registerStudent();
    const token = await mailedToken(server, 'passwordReset', person.id);
    assert.equal((await right(person)).status, 204);
    const late = await server.put(`/auth/password-resets/${token}`, { password: 'ash-and-elder-39' });
    assert.equal(late.body.code, 'email_token_invalid');
  });

  test('wants the current password, which a stolen session guesses five times and no more', async () => {
    const person = await server.registerStudent();
    const missing = await change(person, { password: next });
    assert.deepEqual([missing.status, missing.body.errors[0].path], [400, '/currentPassword']);
    for (let at = 0; at < 5; at += 1) {
      const wrong = await change(person, { currentPassword: `wrong-${at}`, password: next });
      assert.deepEqual([wrong.status, wrong.body.code], [403, 'factor_refused']);
    }
    const refused = await right(person);
    assert.deepEqual([refused.status, refused.body.code], [429, 'too_many_attempts']);
    const step = await server.post(
      '/auth/step-up',
      { method: 'password', password: person.password },
      person.token,
    );
    assert.equal(step.status, 429, 'one count for all that shows who it is');
    const anew = await signIn(server, person.email, person.password);
    assert.equal((await right({ ...person, ...anew })).status, 204);
    assert.equal((await actions(person.id)).filter(({ outcome }) => outcome === 'refused').length, 5);
  });

  test('a weak one is refused with its reason, and costs no guess', async () => {
    const person = await server.registerStudent();
    for (let at = 0; at < 6; at += 1) {
      const weak = await change(person, { currentPassword: 'wrong', password: 'password1' });
      assert.deepEqual([weak.status, weak.body.errors[0].code], [400, 'password_common']);
    }
    assert.equal((await right(person)).status, 204);
  });

  test('who has none, since they come by a provider, chooses a first one after a sign-in of late', async () => {
    const member = await makeMember(server);
    await makeStale(server, member.id);
    const refused = await change(member, { password: next });
    assert.deepEqual([refused.status, refused.body.code], [403, 'step_up_required']);
    const fresh = await makeMember(server);
    assert.equal((await change(fresh, { password: next })).status, 204);
    assert.equal(
      (await change(fresh, { password: 'ash-and-elder-39' })).status,
      400,
      'from then on the current one',
    );
  });

  test('who has a passkey gives it up: it opens nothing, other sessions end, and it is recorded and told', async () => {
    // Whose address is proved: else the reset would take the passkey away, too.
    const person = await makePerson(server, 'student');
    const key = await addPasskey(server, person.token);
    const reset = await mailedToken(server, 'passwordReset', person.id);
    const elsewhere = await openSession(server, person.id);
    const { token } = person;
    assert.equal(
      (await server.delete('/me/password', elsewhere)).body.code,
      'step_up_required',
      'no passkey',
    );
    assert.equal((await server.delete('/me/password', token)).status, 204);
    assert.equal((await server.get('/me', token)).status, 200);
    assert.equal((await server.get('/me', elsewhere)).status, 401);
    const { email, password } = person;
    assert.equal((await server.post('/auth/login', { email, password })).status, 401);
    const late = await server.put(`/auth/password-resets/${reset}`, { password: next });
    assert.equal(late.body.code, 'email_token_invalid', 'a link of before');
    assert.equal((await server.delete('/me/password', token)).status, 404, 'there is none any more');
    const last = await server.delete(`/me/passkeys/${key.id}`, token);
    assert.deepEqual([last.status, last.body.code], [409, 'last_sign_in_way']);
    const told = (await announcedOf(server, person.id)).map(({ data }) => data['change']);
    assert.ok(told.includes('passwordRemoved'));
    const text = `select from audit_entry where person_id = $1 and action = 'password.removed'`;
    assert.equal((await runSql(server.open.deps.db, text, [person.id])).length, 1);

    const anew = await mailedToken(server, 'passwordReset', person.id);
    assert.equal((await server.put(`/auth/password-resets/${anew}`, { password: next })).status, 204);
    const back = await server.post('/auth/login', { email, password: next });
    assert.equal(back.body.result, 'mfaRequired', 'by the mailbox, and the passkey still wanted');
  });

  test('nobody gives up their only way to sign in; a provider is another way, also at the same moment', async () => {
    const person = await server.registerStudent();
    const remove = () => server.delete('/me/password', person.token);
    const only = await remove();
    assert.deepEqual([only.status, only.body.code], [409, 'last_sign_in_way']);
    assert.ok((await signIn(server, person.email, person.password)).token, 'and it counts on');
    const admin = await makeMember(server, 'admin');
    const { id } = (await server.post('/admin/sso/providers', provider, admin.token)).body;
    await linkTo(server, id, person.id);
    const link = (await server.get('/me/identities', person.token)).body.items[0].id;
    const answers = await Promise.all([remove(), server.delete(`/me/identities/${link}`, person.token)]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [204, 409]);
  });

  test('of two changes at the same moment one counts', async () => {
    const person = await server.registerStudent();
    const passwords = ['rowan-and-yew-52', 'ash-and-elder-39'];
    const answers = await Promise.all(passwords.map((password) => right(person, password)));
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [204, 409]);
    const counts = passwords[answers.findIndex(({ status }) => status === 204)];
    assert.equal((await server.post('/auth/login', { email: person.email, password: counts })).status, 200);
  });
});
