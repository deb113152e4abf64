import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import type { Authenticator } from '#test/authenticator.ts';
import { addApp, addPasskey, makeMember, ok } from '#test/factors.ts';
import { createUser } from './commands/create-user.ts';
import { mailedToken } from '#test/mailed-token.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import type { Answer } from '#test/client.ts';
import { waitFor } from '#test/wait.ts';

const failures = 12;

suite('guessing passwords', () => {
  let server: TestServer;
  let count = 0;
  before(async () => {
    server = await startTestServer({
      config: {
        rateLimitsEnabled: true,
        rateLimitLoginsPerMinute: failures,
        trustedProxies: ['127.0.0.1'],
      },
    });
  });
  after(() => server.stop());

  type Person = { id: string; email: string; password: string };
  const makePerson = async (): Promise<Person> => {
    count += 1;
    const person = { email: `p${count}@example.com`, password: 'rowan-and-yew-52' };
    const { id } = await createUser(server.open.deps, null, { ...person, name: 'P', role: 'student' });
    return { id, ...person };
  };
  let lastAddress = 0;
  const newAddress = () => `198.51.${Math.floor((lastAddress += 1) / 250)}.${(lastAddress % 250) + 1}`;
  const login = (
    email: string,
    password: string,
    { from = newAddress(), ...headers }: Record<string, string> = {},
  ) => server.post('/auth/login', { email, password }, undefined, { 'x-forwarded-for': from, ...headers });
  const deviceOf = (answer: Answer) => ({ 'x-device-token': answer.headers.get('x-device-token') ?? '' });
  const fail = async (email: string, times = 5) => {
    for (let at = 0; at < times; at += 1) assert.equal((await login(email, 'wrong')).status, 401);
  };

  test('slow guessing grows: after five wrong tries from anywhere each further one waits twice as long, a quarter of an hour at most', async () => {
    const { email } = await makePerson();
    await fail(email);
    for (const seconds of [60, 120, 240, 480, 900, 900]) {
      const answer = await login(email.toUpperCase(), 'wrong');
      assert.deepEqual([answer.status, answer.body.code], [429, 'too_many_attempts']);
      assert.equal(answer.headers.get('retry-after'), String(seconds));
      server.clock.advance({ seconds: seconds - 1 });
      assert.equal((await login(email, 'wrong')).status, 429);
      server.clock.advance({ seconds: 1 });
      assert.equal((await login(email, 'wrong')).status, 401);
    }
    server.clock.advance({ hours: 2 });
    await fail(email);
  });

  test('tries at the same moment are each counted before they are answered', async () => {
    const { email } = await makePerson();
    const answers = await Promise.all(Array.from({ length: 12 }, () => login(email, 'wrong')));
    assert.equal(answers.filter(({ status }) => status === 401).length, 5);
  });

  test('lockout of others: whoever has signed in on a device goes on there, whatever strangers try', async () => {
    const { email, password } = await makePerson();
    const known = await login(email, password);
    const device = deviceOf(known);
    await fail(email, 5);
    assert.equal((await login(email, password)).status, 429, 'a stranger waits even with the password');
    const again = await login(email, password, device);
    assert.equal(again.status, 200);
    const cookie = known.headers.get('set-cookie') ?? '';
    assert.match(cookie, /^lms_device=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
    const kept = { cookie: `other=1; ${cookie.split(';')[0]}` };
    assert.equal((await login(email, password, kept)).status, 200, 'by its cookie');
    for (let at = 0; at < 5; at += 1)
      assert.equal((await login(email, 'wrong', deviceOf(again))).status, 401);
    assert.equal(
      (await login(email, password, device)).status,
      429,
      'it has a budget, too, however often it signed in',
    );
  });

  test('a device is known to its person alone, until there is another password, and cannot be made up', async () => {
    const [one, other] = [await makePerson(), await makePerson()];
    const device = deviceOf(await login(one.email, one.password));
    await fail(other.email);
    const text = device['x-device-token'];
    const forged = { 'x-device-token': `${text.slice(0, -1)}${text.endsWith('A') ? 'B' : 'A'}` };
    for (const headers of [device, forged, { 'x-device-token': 'x' }, { cookie: 'lms_device=~~x' }])
      assert.equal((await login(other.email, other.password, headers)).status, 429);
    const token = await mailedToken(server, 'passwordReset', one.id);
    const reset = await server.put(`/auth/password-resets/${token}`, { password: 'ash-and-elder-39' });
    await fail(one.email);
    assert.equal((await login(one.email, 'ash-and-elder-39', device)).status, 429);
    assert.equal(
      (await login(one.email, 'ash-and-elder-39', deviceOf(reset))).status,
      200,
      'who chose a password by mail is known at once',
    );
  });

  test('a device that several people share knows each of them', async () => {
    const people = [await makePerson(), await makePerson(), await makePerson()];
    let cookie = '';
    for (const { email, password } of people) {
      const answer = await login(email, password, { cookie });
      cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? '';
    }
    for (const { email, password } of people) {
      await fail(email);
      assert.equal((await login(email, password, { cookie })).status, 200);
    }
  });

  test('enumeration: an address that nobody has is slowed like one that somebody has', async () => {
    const { email } = await makePerson();
    const told = async (of: string) => {
      const answers: unknown[] = [];
      for (let at = 0; at < 7; at += 1) {
        const { status, body, headers } = await login(of, 'wrong');
        answers.push([status, body.code, body.detail, headers.get('retry-after')]);
      }
      return answers;
    };
    assert.deepEqual(await told(email), await told('nobody-at-all@example.com'));
  });

  test('one school behind one address: more sign in at once than may fail, and none is refused', async () => {
    const people = await Promise.all(Array.from({ length: 2 * failures }, makePerson));
    const from = newAddress();
    const answers = await Promise.all(people.map(({ email, password }) => login(email, password, { from })));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    const [last] = answers;
    assert.match(last?.headers.get('ratelimit') ?? '', new RegExp(`^"login";r=${failures};`));
  });

  test('spraying: one address that fails at many accounts is stopped; there known devices go on, elsewhere everybody', async () => {
    const [known, other] = [await makePerson(), await makePerson()];
    const from = newAddress();
    const device = deviceOf(await login(known.email, known.password, { from }));
    const spray = (at: number) => login(`sprayed${at}@example.com`, 'password1', { from });
    const answers = await Promise.all(Array.from({ length: 3 * failures }, (_, at) => spray(at)));
    const tried = answers.filter(({ status }) => status === 401).length;
    // Eight are let through at once.
    assert.ok(tried >= failures && tried < failures + 8, String(tried));
    const refused = await login(other.email, other.password, { from });
    assert.deepEqual([refused.status, refused.body.code], [429, 'rate_limited']);
    assert.equal((await login(known.email, known.password, { from, ...device })).status, 200);
    assert.equal((await login(other.email, other.password, { from, ...device })).status, 429);
    assert.equal((await login(other.email, other.password)).status, 200);
  });

  const spend = async (from: string) => {
    const tries = Array.from({ length: failures }, (_, at) =>
      login(`spent${at}@example.com`, 'password1', { from }),
    );
    await Promise.all(tries);
    assert.equal((await login('spent@example.com', 'password1', { from })).body.code, 'rate_limited');
  };

  test('lockout of others: where too much failed, a known device completes its login by a second factor, and a passkey signs in', async () => {
    const person = await makePerson();
    const { accessToken: token } = ok(await login(person.email, person.password));
    const app = await addApp(server, token as string);
    const key = await addPasskey(server, token as string);
    const device = deviceOf(await login(person.email, person.password));
    const from = newAddress();
    await spend(from);
    const post = (path: string, body: object) =>
      server.post(`/auth/login/${path}`, body, undefined, { 'x-forwarded-for': from });
    const { challengeToken } = ok(await login(person.email, person.password, { from, ...device }));
    const wrong = { method: 'totp', challengeToken, code: '000000' };
    assert.equal((await post('challenges', wrong)).body.code, 'factor_refused');
    const answer = await post('challenges', { ...wrong, code: app.next() });
    assert.equal(answer.status, 200, answer.text);
    const { options } = ok(await post('passkey-options', {}));
    const credential = key.assert(options as Parameters<Authenticator['assert']>[0]);
    const byPasskey = await post('challenges', { method: 'passkey', credential });
    assert.equal(byPasskey.status, 200, byPasskey.text);
  });

  test('flooding the trail: challenges that somebody made up are recorded while their address may fail, tries of a login always', async () => {
    const person = await makePerson();
    const { accessToken: token } = ok(await login(person.email, person.password));
    await addApp(server, token as string);
    const from = newAddress();
    const tryOut = (challengeToken: string) =>
      server.post('/auth/login/challenges', { method: 'totp', challengeToken, code: '000000' }, undefined, {
        'x-forwarded-for': from,
      });
    const recorded = async (reason: string) => {
      const counting = `select count(*)::int as n from audit_entry where action = 'session.refused' and details -> 'after' ->> 'reason' = $1`;
      const [row] = await runSql<{ n: number }>(server.open.deps.db, counting, [reason]);
      return row?.n ?? 0;
    };
    const before = [await recorded('challenge_invalid'), await recorded('factor_refused')] as const;
    for (let at = 0; at < 130; at += 1) await tryOut(`made-up-${at}`.padEnd(43, 'x'));
    assert.equal((await recorded('challenge_invalid')) - before[0], 120);
    const { challengeToken } = ok(await login(person.email, person.password));
    assert.equal((await tryOut(challengeToken as string)).status, 429);
    assert.equal((await recorded('factor_refused')) - before[1], 1);
  });

  test('lockout of others: where too much failed, the signed in show again who they are and choose another password; each session guesses five times, and then nothing is hashed', async () => {
    const { email, password } = await makePerson();
    const first = ok(await login(email, password));
    const from = newAddress();
    await spend(from);
    const place = { 'x-forwarded-for': from };
    const byPassword = { method: 'password', password };
    const shown = await server.post('/auth/step-up', byPassword, first.accessToken as string, place);
    const token = ok(shown).accessToken as string;
    const choose = (currentPassword: string) =>
      server.put('/me/password', { currentPassword, password: 'ash-and-elder-39' }, token, place);
    for (let at = 0; at < 5; at += 1) assert.equal((await choose('wrong')).body.code, 'factor_refused');
    server.takeStatements();
    for (const answer of [
      await choose(password),
      await server.post('/auth/step-up', byPassword, token, place),
    ])
      assert.equal(answer.body.code, 'too_many_attempts');
    assert.deepEqual(
      server.takeStatements().filter((text) => /for (update|share)/.test(text)),
      [],
      'it is known before the hash, not after it',
    );
    const anew = ok(await login(email, password));
    const body = { currentPassword: password, password: 'ash-and-elder-39' };
    const chosen = await server.put('/me/password', body, anew.accessToken as string, place);
    assert.equal(chosen.status, 204, chosen.text);
  });

  test('who signs out everywhere else, or is signed out by an admin, is a stranger on the devices that knew them', async () => {
    const { id, email, password } = await makePerson();
    const lost = deviceOf(await login(email, password));
    const here = await login(email, password);
    server.clock.advance({ seconds: 1 });
    const kept = await server.delete('/me/sessions', here.body.accessToken, deviceOf(here));
    assert.equal(kept.status, 204, kept.text);
    await fail(email);
    for (const device of [lost, deviceOf(here)])
      assert.equal((await login(email, password, device)).status, 429);
    assert.equal((await login(email, password, deviceOf(kept))).status, 200, 'the present one stays known');
    const admin = await makeMember(server, 'admin');
    server.clock.advance({ seconds: 1 });
    assert.equal((await server.delete(`/users/${id}/sessions`, admin.token)).status, 204);
    assert.equal((await login(email, password, deviceOf(kept))).status, 429);
  });

  test('who goes away before the answer has failed, and holds nobody up', async () => {
    const from = newAddress();
    const { port } = new URL(server.address);
    const leave = async (at: number) => {
      const body = JSON.stringify({ email: `gone${at}@example.com`, password: 'x' });
      const lines = [
        'POST /api/v1/auth/login HTTP/1.1',
        'host: x',
        'content-type: application/json',
        `x-forwarded-for: ${from}`,
        `content-length: ${body.length}`,
      ];
      const socket = connect(Number(port), '127.0.0.1');
      await new Promise((resolve) => socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`, resolve));
      socket.destroy();
    };
    await Promise.all(Array.from({ length: 2 * failures }, (_, at) => leave(at)));
    const { email, password } = await makePerson();
    await waitFor('they have spent it', async () => (await login(email, password, { from })).status === 429);
    assert.equal((await login(email, password)).status, 200);
  });
});
