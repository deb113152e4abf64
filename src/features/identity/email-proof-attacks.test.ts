import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { runSql } from '#platform/db/database.ts';
import { addApp, addPasskey, makeRecoveryCodes } from '#test/factors.ts';
import { mailedToken } from '#test/mailed-token.ts';
import { makePeople, makePerson, signIn, type People } from '#test/people.ts';
import { owaspCost } from '#platform/auth/passwords.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import type { Answer, Person } from '#test/client.ts';

const password = 'rowan-and-yew-52';

/** What of an answer a stranger can look at, but the id of the request. */
function seen({ status, text, headers }: Answer): string {
  return JSON.stringify([status, text.replace(/"requestId":"[^"]*"/, ''), headers.get('content-type')]);
}

/**
 * Asserts that the shortest time of each is about the same, measured in turns: other work on the machine makes none
 * shorter. Each hashes a password, which takes many times as long as all else.
 */
async function assertAlike(tries: readonly ((round: number) => Promise<unknown>)[]) {
  const times = tries.map(() => Infinity);
  const ratio = () => Math.max(...times) / Math.min(...times);
  for (let round = 0; round < 5 || (ratio() > 2 && round < 30); round += 1) {
    for (const [index, request] of tries.entries()) {
      const start = performance.now();
      await request(round);
      times[index] = Math.min(times[index] ?? Infinity, performance.now() - start);
    }
  }
  assert.ok(ratio() <= 2, `${times.join(', ')} ms`);
}

suite('attacks on mailed tokens', () => {
  let server: TestServer;
  let people: People;
  before(async () => {
    server = await startTestServer();
    people = await makePeople(server);
  });
  after(() => server.stop());

  const verify = (token: string) => server.post('/auth/email-verifications', { token });
  const reset = (token: string) =>
    server.put(`/auth/password-resets/${encodeURIComponent(token)}`, { password });
  const assertRefused = async (answer: Promise<Answer>, what: string) => {
    const { status, body } = await answer;
    assert.deepEqual([status, body.code], [400, 'email_token_invalid'], what);
  };

  test('whose address it is shows in no answer and in no time: all take the very same statements', async () => {
    const unconfirmed = await server.registerStudent();
    const gone = await server.registerStudent();
    await server.delete(`/users/${gone.id}`, people.admin.token);
    for (const path of ['/auth/password-resets', '/auth/email-verifications']) {
      const told = new Set<string>();
      for (const email of ['nobody@example.com', unconfirmed.email, people.student.email, gone.email]) {
        server.takeStatements();
        const answer = seen(await server.post(path, { email }));
        told.add(JSON.stringify([answer, server.takeStatements()]));
      }
      assert.equal(told.size, 1, [...told].join('\n'));
    }
  });

  test('a token works once', async () => {
    const token = await mailedToken(server, 'passwordReset');
    assert.equal((await reset(token)).status, 204);
    await assertRefused(reset(token), 'the second use');
    const proof = await mailedToken(server, 'verification');
    assert.equal((await verify(proof)).status, 204);
    await assertRefused(verify(proof), 'the second use');
  });

  test('of five who come with one token at the same instant one wins', async () => {
    const person = await server.registerStudent();
    for (const purpose of ['verification', 'passwordReset'] as const) {
      const token = await mailedToken(server, purpose, person.id);
      const use = purpose === 'verification' ? verify : reset;
      const answers = await Promise.all(Array.from({ length: 5 }, () => use(token)));
      assert.deepEqual(answers.map(({ status }) => status).toSorted(), [204, 400, 400, 400, 400]);
    }
  });

  test('a token of one purpose is nothing for the other', async () => {
    await assertRefused(verify(await mailedToken(server, 'passwordReset')), 'a reset, to confirm');
    await assertRefused(reset(await mailedToken(server, 'verification')), 'a verification, to reset');
  });

  test('a token ends: one for a password after an hour, one for an address after three days', async () => {
    const person = await server.registerStudent();
    const resetting = await mailedToken(server, 'passwordReset', person.id);
    const proof = await mailedToken(server, 'verification', person.id);
    server.clock.advance({ minutes: 60 });
    await assertRefused(reset(resetting), 'after an hour');
    server.clock.advance({ hours: 70, minutes: 59 });
    assert.equal((await verify(proof)).status, 204);
    const late = await mailedToken(server, 'verification');
    server.clock.advance({ days: 3 });
    await assertRefused(verify(late), 'after three days');
    people = await makePeople(server);
  });

  test('a newer token, another address, another password or deactivation makes a token void', async () => {
    const changes: [string, (person: Person) => Promise<unknown>][] = [
      ['a newer token', ({ id }) => mailedToken(server, 'passwordReset', id)],
      ['another address', (each) => patch(each, { email: `new-${each.email}` })],
      ['another spelling of the address', (each) => patch(each, { email: each.email.toUpperCase() })],
      ['no address', (each) => patch(each, { email: null })],
      ['another password', (each) => patch(each, { password: 'another-phrase-7' })],
      ['deactivation', ({ id }) => server.delete(`/users/${id}`, people.admin.token)],
    ];
    const patch = ({ id }: Person, body: object) => server.patch(`/users/${id}`, body, people.admin.token);
    for (const [what, change] of changes) {
      const person = await server.registerStudent();
      const token = await mailedToken(server, 'passwordReset', person.id);
      const proof = await mailedToken(server, 'verification', person.id);
      await change(person);
      await assertRefused(reset(token), what);
      if (/address|deactivation/.test(what)) await assertRefused(verify(proof), what);
    }
  });

  test('who is deactivated gets no token, whatever is asked', async () => {
    const person = await server.registerStudent();
    await server.delete(`/users/${person.id}`, people.admin.token);
    await assert.rejects(mailedToken(server, 'passwordReset', person.id), /there is no/);
    await assert.rejects(mailedToken(server, 'verification', person.id), /there is no/);
  });

  test('no odd token is anything but not valid', async () => {
    const good = await mailedToken(server, 'passwordReset');
    const changed = Array.from({ length: good.length }, (_, index) => {
      const other = good[index] === 'A' ? 'B' : 'A';
      return good.slice(0, index) + other + good.slice(index + 1);
    });
    const odd = [
      'x',
      ' ',
      '💥',
      good.slice(1),
      `${good}A`,
      `${good} `,
      'A'.repeat(64),
      '_'.repeat(300),
      '%',
      "'--",
    ];
    for (const token of [...odd, ...changed.filter((_, index) => index % 7 === 0)]) {
      await assertRefused(reset(token), token);
      await assertRefused(verify(token), token);
    }
    for (const [path, status] of [
      ['A'.repeat(301), 404],
      ['A'.repeat(9_000), 404],
      ['%ff', 400],
      ['a%00b', 400],
      ['..%2f..', 400],
    ] as const) {
      const answer = await server.put(`/auth/password-resets/${path}`, { password });
      assert.equal(answer.status, status, path.slice(0, 20));
    }
    assert.equal((await verify('A'.repeat(301))).body.errors[0].code, 'max_length');
    assert.equal((await reset(good)).status, 204);
  });

  test('account pre-hijacking: with the first proof of the address go passkeys, app, keys, sessions and changes from before', async () => {
    const ways = async (id: string) => {
      const [counts] = await runSql<Record<string, number>>(
        server.open.deps.db,
        `select (select count(*)::int from passkey where user_id = $1) as passkeys,
                (select count(*)::int from totp_factor where user_id = $1) as apps,
                (select count(*)::int from recovery_code where user_id = $1) as codes,
                (select count(*)::int from api_key where user_id = $1 and revoked_at is null) as keys,
                (select count(*)::int from session where user_id = $1 and ended_at is null) as sessions,
                (select count(*)::int from email_change where user_id = $1 and ended_at is null) as changes`,
        [id],
      );
      return counts;
    };
    const none = { passkeys: 0, apps: 0, codes: 0, keys: 0, sessions: 0, changes: 0 };
    const roads: [string, (id: string) => Promise<Answer>][] = [
      ['a reset', async (id) => reset(await mailedToken(server, 'passwordReset', id))],
      ['a password', async (id) => confirm(await mailedToken(server, 'verification', id), password)],
    ];
    const confirm = (token: string, typed: string) =>
      server.post('/auth/email-verifications', { token, password: typed });
    for (const [what, road] of roads) {
      const stranger = await server.registerStudent();
      await addApp(server, stranger.token);
      await addPasskey(server, stranger.token);
      await makeRecoveryCodes(server, stranger.token);
      await server.post('/me/api-keys', { name: 'stays', scopes: ['courses:read'] }, stranger.token);
      await server.post('/me/email-changes', { email: `x-${stranger.email}` }, stranger.token);
      assert.ok(
        Object.values((await ways(stranger.id)) ?? {}).every((count) => count > 0),
        what,
      );
      assert.equal((await road(stranger.id)).status, 204, what);
      assert.deepEqual(await ways(stranger.id), none, what);
      assert.ok(await signIn(server, stranger.email, password), what);
    }
    const person = await server.registerStudent();
    await addPasskey(server, person.token);
    const token = await mailedToken(server, 'verification', person.id);
    assert.equal((await confirm(token, person.password)).status, 204);
    assert.equal((await ways(person.id))?.['passkeys'], 1, 'of who registered themselves all stays');
    assert.equal((await server.get('/me', person.token)).status, 200);
  });

  test('an account in use keeps its password where an admin gave it another address', async () => {
    const { admin } = people;
    const person = await makePerson(server, 'student');
    await server.patch(`/users/${person.id}`, { email: `moved-${person.email}` }, admin.token);
    const token = await mailedToken(server, 'verification', person.id);
    const refused = await server.post('/auth/email-verifications', { token, password });
    assert.deepEqual([refused.status, refused.body.errors[0].code], [400, 'password_not_expected']);
    assert.equal((await server.delete(`/auth/email-verifications/${token}`)).status, 400);
    assert.equal((await verify(token)).status, 204);
    assert.ok(await signIn(server, `moved-${person.email}`, person.password));
  });

  test('a login with the old password, under way during a reset, leaves no session', async () => {
    for (let round = 0; round < 4; round += 1) {
      const person = await makePerson(server, 'student');
      const token = await mailedToken(server, 'passwordReset', person.id);
      const [login, done] = await Promise.all([
        server.post('/auth/login', { email: person.email, password: person.password }),
        reset(token),
      ]);
      assert.equal(done.status, 204);
      if (login.status === 200) assert.equal((await server.get('/me', login.body.accessToken)).status, 401);
      assert.ok(await signIn(server, person.email, password));
    }
  });

  test('a token stands neither in the database, nor in a job, nor in the log', async () => {
    const person = await server.registerStudent();
    await server.post('/auth/password-resets', { email: person.email });
    await server.runJobs();
    const resetting = await mailedToken(server, 'passwordReset', person.id);
    const proof = await mailedToken(server, 'verification', person.id);
    const page = await fetch(`${server.address}/reset-password?token=${resetting}`);
    assert.equal(page.status, 200);
    assert.equal((await verify(proof)).status, 204);
    assert.equal((await reset(resetting)).status, 204);
    await reset(resetting);
    await fetch(`${server.address}/verify-email?token=${proof}`);
    const secrets = [resetting, proof].flatMap((token) => [
      token,
      Buffer.from(token, 'base64url').subarray(16).toString('hex'),
    ]);
    const kept = [...(await everyRow(server)), ...server.log.map((line) => JSON.stringify(line))];
    assert.ok(kept.length > 50);
    for (const secret of [...secrets, password]) {
      assert.deepEqual(
        kept.filter((text) => text.includes(secret)),
        [],
      );
    }
    assert.ok(
      kept.some((text) => text.includes('password-resets/:token')),
      'the log was looked at',
    );
  });
});

suite('attacks on registering where addresses are confirmed first', () => {
  let server: TestServer;
  before(async () => {
    // Times are compared: what a hash costs is what hides the rest.
    const config = { requireEmailVerificationForLogin: true };
    server = await startTestServer({ config, passwordCost: owaspCost });
  });
  after(() => server.stop());

  /** What a stranger can see of an answer, and all that the database was asked for it. */
  const told = async (asking: () => Promise<Answer>) => {
    server.takeStatements();
    return JSON.stringify([seen(await asking()), server.takeStatements()]);
  };
  // Whether a webhook wants the event: of what is announced to nobody outside, none does.
  const withoutWish = (text: string) =>
    text.replace(/(returning .{0,20}id.{0,10}type[^,]*,).*?( as [\\"]+isWanted)/, '$1$2');
  const register = (email: string) => server.post('/auth/register', { email, password, name: 'Eve' });

  test('a taken and a new address take about the same time and the very same statements, and get one answer', async () => {
    const taken = await makePerson(server, 'student');
    const all = new Set<string>();
    for (const email of [taken.email, 'new@example.com', 'new@example.com'])
      all.add(withoutWish(await told(() => register(email))));
    assert.equal(all.size, 1, [...all].join('\n'));
    await assertAlike([() => register(taken.email), (round) => register(`new-${round}@example.com`)]);
  });

  test('who is not confirmed, and who is, get one answer to a wrong password, after about the same time and the very same statements', async () => {
    const taken = await makePerson(server, 'student');
    await register('not-yet@example.com');
    const tries = [
      [taken.email, 'wrong'],
      ['not-yet@example.com', 'wrong'],
      ['not-yet@example.com', password],
      ['nobody@example.com', 'wrong'],
    ].map(
      ([email, typed]) =>
        () =>
          server.post('/auth/login', { email, password: typed }),
    );
    const all = new Set<string>();
    for (const each of tries) all.add(await told(each));
    assert.equal(all.size, 1, [...all].join('\n'));
    await assertAlike(tries);
  });
});

async function everyRow({ open }: TestServer): Promise<string[]> {
  const tables = await runSql<{ name: string }>(
    open.deps.db,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('public', 'pgboss')`,
  );
  const rows: string[] = [];
  for (const { name } of tables) {
    const found = await runSql<{ row: string }>(open.deps.db, `select t::text as row from ${name} t`);
    rows.push(...found.map(({ row }) => row));
  }
  return rows;
}
