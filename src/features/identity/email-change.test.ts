import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import type { Person } from '#test/client.ts';
import { addApp, addPasskey, makeStale } from '#test/factors.ts';
import { mailedToken } from '#test/mailed-token.ts';
import { makePeople, signIn, type People } from '#test/people.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { findEmailChangeLinks, findOwnerOfWanted } from './commands/email-change-token.ts';
import { identityJobs } from './jobs.ts';

let count = 0;
const newEmail = () => `new-${(count += 1)}@example.com`;

suite('another address', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const ask = (person: Person, email: string) => server.post('/me/email-changes', { email }, person.token);
  const confirm = (token: string | null | undefined) => server.put(`/auth/email-changes/${token}`);
  const undo = (token: string | null | undefined) => server.delete(`/auth/email-changes/${token}`);
  const me = async (person: Person) => (await server.get('/me', person.token)).body;
  const changesOf = (userId: string) =>
    runSql<{ id: string }>(
      server.open.deps.db,
      'select id from email_change where user_id = $1 order by created_at, id',
      [userId],
    );
  const linksOf = async (person: Pick<Person, 'id'>) => {
    const id = (await changesOf(person.id)).at(-1)?.id ?? '';
    const links = await findEmailChangeLinks(server.open.deps, id);
    return { id, confirmToken: links?.confirmToken, undoToken: links?.undoToken };
  };
  /** Asks, and answers what is mailed. */
  const begin = async (person: Person, email = newEmail()) => {
    assert.equal((await ask(person, email)).status, 202);
    server.clock.advance({ seconds: 1 });
    return { ...(await linksOf(person)), email };
  };

  test('counts once it is confirmed there, by a link that works once and for a day', async () => {
    const person = await server.registerStudent();
    const { email, confirmToken } = await begin(person);
    assert.equal((await me(person)).email, person.email, 'not before');
    assert.equal((await confirm(confirmToken)).status, 204);
    const { email: now, emailVerified } = await me(person);
    assert.deepEqual([now, emailVerified], [email, true]);
    assert.equal(
      (await server.post('/auth/login', { email: person.email, password: person.password })).status,
      401,
    );
    assert.ok(await signIn(server, email, person.password));
    assert.equal((await confirm(confirmToken)).body.code, 'email_token_invalid');
    const later = await begin(person, newEmail());
    server.clock.advance({ hours: 24 });
    assert.equal((await confirm(later.confirmToken)).body.code, 'email_token_invalid');
  });

  test('wants a sign-in of late and a person, and is no address by itself', async () => {
    const person = await server.registerStudent();
    assert.equal((await ask(person, 'no address')).status, 400);
    assert.equal((await server.post('/me/email-changes', { email: newEmail() })).status, 401);
    const key = { name: 'Key', scopes: ['courses:write'] };
    const { body } = await server.post('/me/api-keys', key, person.token);
    assert.equal((await ask({ ...person, token: body.key }, newEmail())).body.code, 'person_required');
    await makeStale(server, person.id);
    assert.equal((await ask(person, newEmail())).body.code, 'step_up_required');
    assert.deepEqual(await changesOf(person.id), []);
  });

  test('an address that somebody has is answered alike, takes the same statements, and only its owner can learn of it', async () => {
    const [one, other] = [await server.registerStudent(), await server.registerStudent()];
    server.takeStatements();
    const free = await ask(one, newEmail());
    const statements = server.takeStatements();
    const taken = await ask(other, one.email.toUpperCase());
    assert.deepEqual([taken.status, taken.text], [free.status, free.text]);
    assert.deepEqual(server.takeStatements(), statements);
    const { id, confirmToken, undoToken } = await linksOf(other);
    assert.equal(confirmToken, null);
    assert.ok(undoToken);
    assert.equal(await findOwnerOfWanted(server.open.deps, id), one.id);
  });

  test('of two who want one address the one who confirms first gets it, without regard to case', async () => {
    const [one, other] = [await server.registerStudent(), await server.registerStudent()];
    const email = newEmail();
    const [mine, theirs] = [await begin(one, email), await begin(other, email.toUpperCase())];
    const answers = await Promise.all([confirm(mine.confirmToken), confirm(theirs.confirmToken)]);
    assert.deepEqual(answers.map(({ status }) => status).toSorted(), [204, 409]);
    assert.ok(answers.some(({ body }) => body?.code === 'email_taken'));
  });

  test('a newer wish takes the older one’s place, and an address that an admin gives meanwhile counts', async () => {
    const person = await server.registerStudent();
    const [older, newer] = [await begin(person), await begin(person)];
    assert.equal((await confirm(older.confirmToken)).status, 400);
    const { token } = await admin();
    assert.equal((await server.patch(`/users/${person.id}`, { email: newEmail() }, token)).status, 200);
    assert.equal((await confirm(newer.confirmToken)).status, 400);
    const moved = await server.registerStudent();
    const before = await begin(moved);
    await confirm(before.confirmToken);
    await server.patch(`/users/${moved.id}`, { email: newEmail() }, token);
    assert.equal((await undo(before.undoToken)).status, 400);
  });

  test('an admin who gives the old address back leaves its owner the way to undo the rest', async () => {
    const person = await server.registerStudent();
    const first = await begin(person);
    await confirm(first.confirmToken);
    await addPasskey(server, person.token);
    const second = await begin(person);
    await confirm(second.confirmToken);
    const waiting = await begin(person);
    const { token } = await admin();
    const helped = await server.patch(`/users/${person.id}`, { email: person.email.toUpperCase() }, token);
    assert.equal(helped.status, 200);
    assert.equal((await undo(second.undoToken)).status, 400, 'not the thief');
    assert.equal((await undo(waiting.undoToken)).status, 400);
    assert.equal((await confirm(waiting.confirmToken)).status, 400);
    assert.equal((await undo(first.undoToken)).status, 204);
    assert.equal((await server.get('/me', person.token)).status, 401);
    const left = 'select id from passkey where user_id = $1';
    assert.deepEqual(await runSql(server.open.deps.db, left, [person.id]), []);
  });

  test('who gave an account its first address does not take it back once its person may do more', async () => {
    const { token: byAdmin } = await admin();
    const manager = await server.registerStudent();
    const role = { name: 'Movers', permissions: ['users.manage'] };
    const { id: roleId } = (await server.post('/roles', role, byAdmin)).body;
    await server.put(`/roles/${roleId}/members/${manager.id}`, undefined, byAdmin);
    const password = 'a-password-of-theirs-5';
    const choose = async (userId: string) => {
      const token = await mailedToken(server, 'passwordReset', userId);
      assert.equal((await server.put(`/auth/password-resets/${token}`, { password })).status, 204);
    };
    const raise = async (id: string) => {
      const raised = await server.patch(`/users/${id}`, { role: 'instructor' }, byAdmin);
      assert.equal(raised.status, 200, raised.text);
    };
    for (const given of [{ password }, {}]) {
      const what = JSON.stringify(given);
      const made = { name: 'S', role: 'student', email: newEmail(), ...given };
      const { id } = (await server.post('/users', made, manager.token)).body;
      if (!('password' in given)) await choose(id);
      const { token } = await signIn(server, made.email, password);
      const person = { ...manager, id, token };
      const { key } = (await server.post('/me/api-keys', { name: 'K', scopes: ['courses:read'] }, token))
        .body;
      const moved = await begin(person);
      assert.equal((await confirm(moved.confirmToken)).status, 204);
      const waiting = await begin(person);
      await choose(id);
      await raise(id);
      assert.equal((await undo(moved.undoToken)).body?.code, 'email_token_invalid', what);
      assert.equal((await confirm(waiting.confirmToken)).status, 400, what);
      assert.equal((await server.get('/courses', key)).status, 401, `a key of before ${what}`);
      assert.ok(await signIn(server, moved.email, password), 'what the person chose stays');
    }
    const own = await server.registerStudent();
    const { confirmToken, undoToken } = await begin(own);
    await confirm(confirmToken);
    await raise(own.id);
    assert.equal((await undo(undoToken)).status, 204, 'of who registered');
  });

  test('an admin who takes the address away leaves the first owner the way to undo, and no thief', async () => {
    const person = await server.registerStudent();
    const first = await begin(person);
    await confirm(first.confirmToken);
    const second = await begin(person);
    await confirm(second.confirmToken);
    const waiting = await begin(person);
    const { token } = await admin();
    assert.equal((await server.patch(`/users/${person.id}`, { email: null }, token)).status, 200);
    assert.equal((await confirm(waiting.confirmToken)).status, 400);
    for (const late of [second, waiting])
      assert.equal((await undo(late.undoToken)).status, 400, 'not the thief');
    assert.equal((await undo(first.undoToken)).status, 204);
    assert.equal((await server.get(`/users/${person.id}`, token)).body.email, person.email);
  });

  test('makes void what was mailed to the old address', async () => {
    const person = await server.registerStudent();
    const token = await mailedToken(server, 'passwordReset', person.id);
    const { confirmToken } = await begin(person);
    await confirm(confirmToken);
    const late = await server.put(`/auth/password-resets/${token}`, { password: 'ash-and-elder-39' });
    assert.equal(late.body.code, 'email_token_invalid');
  });

  test('who did not ask for it stops it from the old address: no change, no session, no password', async () => {
    const person = await server.registerStudent();
    const { confirmToken, undoToken } = await begin(person);
    assert.equal((await undo(undoToken)).status, 204);
    assert.equal((await confirm(confirmToken)).status, 400);
    assert.equal((await server.get('/me', person.token)).status, 401);
    assert.equal(
      (await server.post('/auth/login', { email: person.email, password: person.password })).status,
      401,
    );
    assert.equal((await undo(undoToken)).status, 400, 'once');
  });

  test('a taken account comes back within 7 days, however often it was moved on, without what the thief made', async () => {
    const person = await server.registerStudent();
    const kept = await addPasskey(server, person.token);
    server.clock.advance({ seconds: 1 });
    const first = await begin(person);
    await confirm(first.confirmToken);
    await addApp(server, person.token);
    await addPasskey(server, person.token);
    const key = { name: 'Thief', scopes: ['courses:read'] };
    const made = await server.post('/me/api-keys', key, person.token);
    const second = await begin(person);
    await confirm(second.confirmToken);
    server.clock.advance({ days: 6 });
    assert.equal((await undo(first.undoToken)).status, 204);
    const { db } = server.open.deps;
    const [row] = await runSql<Record<string, unknown>>(
      db,
      `select email, password_hash, has_totp, has_passkey, array(select id from passkey where user_id = $1) as passkeys,
         (select count(*)::int from session where user_id = $1 and ended_at is null) as sessions,
         (select count(*)::int from api_key where user_id = $1 and revoked_at is null) as keys
       from app_user where id = $1`,
      [person.id],
    );
    assert.deepEqual(row, {
      email: person.email,
      password_hash: null,
      has_totp: false,
      has_passkey: true,
      passkeys: [kept.id],
      sessions: 0,
      keys: 0,
    });
    assert.equal(made.status, 201);
    assert.equal((await server.get('/courses', made.body.key)).status, 401);
    assert.equal((await undo(second.undoToken)).status, 400, 'the thief takes nothing back');
    const reset = await mailedToken(server, 'passwordReset', person.id);
    assert.equal(
      (await server.put(`/auth/password-resets/${reset}`, { password: 'rowan-and-yew-52' })).status,
      204,
    );
  });

  test('a taken account comes back without a key that had been there before and was given a new secret by the thief', async () => {
    const person = await server.registerStudent();
    const made = await server.post('/me/api-keys', { name: 'Old', scopes: ['courses:read'] }, person.token);
    server.clock.advance({ seconds: 1 });
    const { confirmToken, undoToken } = await begin(person);
    await confirm(confirmToken);
    const rotated = await server.post(`/me/api-keys/${made.body.id}/secret`, undefined, person.token);
    assert.equal((await server.get('/courses', rotated.body.key)).status, 200);
    assert.equal((await undo(undoToken)).status, 204);
    for (const { body } of [made, rotated])
      assert.equal((await server.get('/courses', body.key)).status, 401);
  });

  test('after 7 days it stands', async () => {
    const person = await server.registerStudent();
    const { confirmToken, undoToken, email } = await begin(person);
    await confirm(confirmToken);
    server.clock.advance({ days: 7 });
    assert.equal((await undo(undoToken)).status, 400);
    assert.ok(await signIn(server, email, person.password));
  });

  test('a stranger who registers with the old address does not keep its owner from taking it back; who confirmed it does', async () => {
    const [one, other] = [await server.registerStudent(), await server.registerStudent()];
    const register = (email: string) =>
      server.post('/auth/register', { email, password: 'the-strangers-own-7', name: 'Eve' });
    const mine = await begin(one);
    await confirm(mine.confirmToken);
    const { body: eve } = await register(one.email);
    assert.equal((await undo(mine.undoToken)).status, 204);
    assert.equal((await server.get('/me', eve.accessToken)).body.email, null);
    const theirs = await begin(other);
    await confirm(theirs.confirmToken);
    const { body: owner } = await register(other.email);
    const proof = await mailedToken(server, 'verification', owner.user.id);
    await server.post('/auth/email-verifications', { token: proof });
    const refused = await undo(theirs.undoToken);
    assert.deepEqual([refused.status, refused.body.code], [409, 'email_taken']);
  });

  test('a link to one address is none to the other, and a changed one is none', async () => {
    const person = await server.registerStudent();
    const { confirmToken, undoToken } = await begin(person);
    assert.equal((await undo(confirmToken)).status, 400);
    assert.equal((await confirm(undoToken)).status, 400);
    const text = confirmToken ?? '';
    const forged = `${text.slice(0, 40)}${text[40] === 'A' ? 'B' : 'A'}${text.slice(41)}`;
    for (const token of [forged, 'x', text.toLowerCase()]) assert.equal((await confirm(token)).status, 400);
    assert.equal((await confirm(confirmToken)).status, 204);
  });

  test('the pages of the links: reading changes nothing, the button does, in the reader’s language', async () => {
    const person = await server.registerStudent();
    const { confirmToken, undoToken, email } = await begin(person);
    const page = async (path: string, token?: string | null, language = 'en') => {
      const answer = await fetch(`${server.address}${path}${token == null ? '' : `?token=${token}`}`, {
        headers: { 'accept-language': language },
      });
      return { status: answer.status, text: await answer.text() };
    };
    const press = async (path: string, token: string | null | undefined) => {
      const body = new URLSearchParams({ token: token ?? '' });
      const answer = await fetch(server.address + path, { method: 'POST', body });
      return { status: answer.status, text: await answer.text() };
    };
    const seen = await page('/confirm-email', confirmToken, 'de');
    assert.ok(seen.text.includes('Neue Adresse bestätigen') && seen.text.includes(email));
    assert.ok((await page('/undo-email-change', undoToken)).text.includes(person.email));
    assert.equal((await me(person)).email, person.email);
    assert.match((await press('/confirm-email', confirmToken)).text, /Address changed/);
    assert.equal((await me(person)).email, email);
    assert.equal((await press('/confirm-email', confirmToken)).status, 400);
    assert.match((await press('/undo-email-change', undoToken)).text, /All is as before/);
    assert.equal((await page('/undo-email-change', undoToken)).status, 400);
    const taken = await begin(await server.registerStudent(), newEmail());
    await server.post('/users', { email: taken.email, name: 'X', role: 'student' }, (await admin()).token);
    const { status, text } = await press('/confirm-email', taken.confirmToken);
    assert.equal(status, 409);
    assert.match(text, /This address has an account/);
  });

  test('what can neither be confirmed nor undone any more does not pile up', async () => {
    const person = await server.registerStudent();
    await begin(person);
    server.clock.advance({ days: 15 });
    const purge = identityJobs.find(({ definition }) => definition.name === 'identity.purge-sessions');
    const run = { id: '1', attempt: 1, isLastAttempt: false, signal: AbortSignal.timeout(10_000) };
    await purge?.run(server.open.deps, {}, run);
    assert.deepEqual(await changesOf(person.id), []);
  });

  // The clock has moved since the others signed in.
  const admin = async () => signIn(server, people.admin.email, people.admin.password);
});
