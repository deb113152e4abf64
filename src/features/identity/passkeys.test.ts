import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, suite, test } from 'node:test';
import { createAuthenticator, type Authenticator, type Forgery } from '#test/authenticator.ts';
import { addApp, addPasskey, beginLogin, givePassword, makeMember, ok, openSession } from '#test/factors.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { runSql } from '#platform/db/database.ts';
import { relyingPartyOf } from './webauthn.ts';

type Creation = Parameters<Authenticator['register']>[0];
type Request = Parameters<Authenticator['assert']>[0];

suite('passkeys', () => {
  let server: TestServer;
  let origin: string;
  before(async () => {
    server = await startTestServer();
    origin = server.open.deps.config.publicUrl;
  });
  after(() => server.stop());

  const creation = async (token: string) =>
    ok(await server.post('/me/passkeys/options', undefined, token))['options'] as Creation;
  const request = async (challengeToken?: string) =>
    ok(await server.post('/auth/login/passkey-options', challengeToken && { challengeToken }))[
      'options'
    ] as Request;
  const signIn = (credential: object, challengeToken?: string) =>
    server.post('/auth/login/challenges', { method: 'passkey', credential, challengeToken });
  const methodsOf = async (accessToken: string) => {
    const { sessionId } = await server.open.deps.accessTokens.verify(accessToken, server.clock.now());
    const text = 'select methods from session where id = $1';
    const [row] = await runSql<{ methods: string[] }>(server.open.deps.db, text, [sessionId]);
    return row?.methods;
  };

  test('several a person: listed, named, given up', async () => {
    const { token } = await makeMember(server);
    const options = await creation(token);
    assert.deepEqual(options.rp.id, 'localhost');
    const first = createAuthenticator(origin);
    const body = { name: ' Key at home ', credential: first.register(options) };
    const made = await server.post('/me/passkeys', body, token);
    assert.equal(made.status, 201, made.text);
    assert.equal(made.body.name, 'Key at home');
    const second = await addPasskey(server, token);
    const list = async () => (await server.get('/me/passkeys', token)).body.items;
    assert.deepEqual(
      (await list()).map((each: { id: string }) => each.id),
      [made.body.id, second.id],
    );
    const excluded = (await creation(token)) as Creation & { excludeCredentials: { id: string }[] };
    assert.deepEqual(
      excluded.excludeCredentials.map(({ id }) => id),
      [first.credentialId, second.credentialId],
    );
    const renamed = await server.patch(`/me/passkeys/${second.id}`, { name: 'Phone' }, token);
    assert.equal(renamed.body.name, 'Phone');
    assert.equal((await server.delete(`/me/passkeys/${second.id}`, token)).status, 204);
    assert.equal((await list()).length, 1);
    const stranger = await makeMember(server);
    const path = `/me/passkeys/${made.body.id}`;
    assert.equal((await server.patch(path, { name: 'Mine' }, stranger.token)).status, 404);
    assert.equal((await server.delete(path, stranger.token)).status, 404);
    assert.equal((await list())[0].name, 'Key at home');
  });

  test('one is enough to sign in, and the session says so', async () => {
    const { id, token } = await makeMember(server);
    const key = await addPasskey(server, token);
    const signedIn = await signIn(key.assert(await request()));
    assert.equal(signedIn.status, 200, signedIn.text);
    assert.equal(signedIn.body.user.id, id);
    assert.deepEqual(await methodsOf(signedIn.body.accessToken), ['passkey']);
    const { items } = (await server.get('/me/passkeys', token)).body;
    assert.equal(items[0].lastUsedAt, server.clock.now().toISOString());
  });

  test('one is the second factor after the password, without verifying its user again', async () => {
    const { id, token } = await makeMember(server);
    const key = await addPasskey(server, token);
    const challengeToken = await beginLogin(server, id);
    const options = (await request(challengeToken)) as Request & { allowCredentials: { id: string }[] };
    assert.deepEqual(
      options.allowCredentials.map((each) => each.id),
      [key.credentialId],
    );
    const signedIn = await signIn(key.assert(options, { isUserVerified: false }), challengeToken);
    assert.equal(signedIn.status, 200, signedIn.text);
    assert.deepEqual(await methodsOf(signedIn.body.accessToken), ['password', 'passkey']);
  });

  test('a registration that is forged is refused, and its challenge is good once', async () => {
    const { token } = await makeMember(server);
    const other = await makeMember(server);
    const register = async (credential: object) => {
      const { status, body } = await server.post('/me/passkeys', { credential }, token);
      return [status, body.code];
    };
    const refused = [400, 'factor_refused'];
    const forgeries: Forgery[] = [
      { origin: 'https://evil.example' },
      { origin: `${origin}.evil.example` },
      { rpId: 'evil.example' },
      { type: 'webauthn.get' },
      { challenge: Buffer.alloc(54, 1).toString('base64url') },
      { challenge: '' },
    ];
    for (const forgery of forgeries) {
      const answer = createAuthenticator(origin).register(await creation(token), forgery);
      assert.deepEqual(await register(answer), refused, JSON.stringify(forgery));
    }
    const theirs = createAuthenticator(origin).register(await creation(other.token));
    assert.deepEqual(await register(theirs), refused, 'a challenge of another session');
    const signing = await request();
    const crossed = createAuthenticator(origin).register({ ...(await creation(token)), ...signing });
    assert.deepEqual(await register(crossed), refused, 'a challenge for signing in');
    const options = await creation(token);
    assert.equal((await register(createAuthenticator(origin).register(options)))[0], 201);
    assert.deepEqual(await register(createAuthenticator(origin).register(options)), refused, 'replayed');
    const late = await creation(token);
    server.clock.advance({ minutes: 5 });
    assert.deepEqual(await register(createAuthenticator(origin).register(late)), refused, 'late');
  });

  test('an authenticator is registered once, for one person', async () => {
    const first = await makeMember(server);
    const second = await makeMember(server);
    const key = createAuthenticator(origin);
    const add = async (token: string) =>
      server.post('/me/passkeys', { credential: key.register(await creation(token)) }, token);
    assert.equal((await add(first.token)).status, 201);
    for (const token of [first.token, second.token])
      assert.equal((await add(token)).body.code, 'passkey_known');
    const text = 'select has_passkey from app_user where id = $1';
    assert.deepEqual(await runSql(server.open.deps.db, text, [second.id]), [{ has_passkey: false }]);
  });

  test('an answer that is forged signs nobody in: wrong origin, relying party, key, type, person, no user verified', async () => {
    const { id, token } = await makeMember(server);
    const other = await makeMember(server);
    const key = await addPasskey(server, token);
    await addPasskey(server, other.token);
    const strangerKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const forgeries: Forgery[] = [
      { origin: 'https://evil.example' },
      { origin: origin.replace('http:', 'https:') },
      { rpId: 'evil.example' },
      { type: 'webauthn.create' },
      { key: strangerKey },
      { isUserVerified: false },
      { challenge: Buffer.alloc(54, 7).toString('base64url') },
      { userHandle: Buffer.from(other.id.replaceAll('-', ''), 'hex').toString('base64url') },
      { userHandle: null },
    ];
    for (const forgery of forgeries) {
      const answer = await signIn(key.assert(await request(), forgery));
      const what = JSON.stringify(forgery);
      assert.deepEqual([answer.status, answer.body.code], [401, 'factor_refused'], what);
    }
    const mine = await beginLogin(server, id);
    const crossed = await signIn(key.assert(await request(mine)));
    assert.equal(crossed.body.code, 'factor_refused', 'a challenge of a second factor is none to sign in by');
    assert.equal((await signIn(key.assert(await request()), mine)).body.code, 'factor_refused');
    const theirs = await beginLogin(server, other.id);
    const foreign = await signIn(key.assert(await request(theirs)), theirs);
    assert.equal(foreign.body.code, 'factor_refused', 'another person’s passkey');
    assert.equal((await signIn(key.assert(await request()))).status, 200);
  });

  test('an answer is good once, also where it comes twice at the same instant', async () => {
    const { token } = await makeMember(server);
    const key = await addPasskey(server, token);
    // One that does not count, so that nothing but the challenge tells.
    const answer = key.assert(await request(), { counter: 0 });
    const statuses = await Promise.all([signIn(answer), signIn(answer)]);
    assert.deepEqual(statuses.map(({ status }) => status).toSorted(), [200, 401]);
    assert.equal((await signIn(answer)).status, 401);
    const late = key.assert(await request());
    server.clock.advance({ minutes: 5 });
    assert.equal((await signIn(late)).status, 401);
  });

  test('a counter that does not go up is a copy’s, and is told to the log', async () => {
    const { token } = await makeMember(server);
    const key = await addPasskey(server, token);
    assert.equal((await signIn(key.assert(await request(), { counter: 7 }))).status, 200);
    for (const counter of [7, 3, 0]) {
      assert.equal((await signIn(key.assert(await request(), { counter }))).status, 401, String(counter));
    }
    assert.ok(server.log.some(({ message }) => String(message).startsWith('the counter of a passkey')));
    assert.equal((await signIn(key.assert(await request(), { counter: 8 }))).status, 200);
    const silent = await addPasskey(server, token);
    for (const counter of [0, 0]) {
      assert.equal((await signIn(silent.assert(await request(), { counter }))).status, 200, 'does not count');
    }
  });

  test('what is no answer of an authenticator is a plain 400 or 401, whatever bytes it has', async () => {
    const { token } = await makeMember(server);
    const key = await addPasskey(server, token);
    const good = key.assert(await request()) as { response: object };
    for (const part of ['clientDataJSON', 'authenticatorData', 'signature']) {
      for (const bytes of ['AA', 'e30', Buffer.from('null').toString('base64url'), 'A'.repeat(1_900)]) {
        const answer = await signIn({ ...good, response: { ...good.response, [part]: bytes } });
        assert.equal(answer.status, 401, `${part} ${bytes.slice(0, 9)}`);
      }
    }
    assert.equal((await signIn({ ...good, id: 'AA' })).status, 401);
    assert.equal((await signIn({ ...good, id: '!' })).status, 400);
    const missing = await server.post('/auth/login/challenges', { method: 'passkey' });
    assert.deepEqual([missing.status, missing.body.errors[0].path], [400, '/credential']);
    for (const attestationObject of ['AA', 'oA', 'A'.repeat(1_900)]) {
      const made = createAuthenticator(origin).register(await creation(token)) as { response: object };
      const credential = { ...made, response: { ...made.response, attestationObject } };
      const answer = await server.post('/me/passkeys', { credential }, token);
      assert.deepEqual([answer.status, answer.body.code], [400, 'factor_refused']);
    }
  });

  test('the deactivated sign in by no passkey', async () => {
    const { id, token } = await makeMember(server);
    const key = await addPasskey(server, token);
    const admin = await makeMember(server, 'admin');
    await server.delete(`/users/${id}`, admin.token);
    assert.equal((await signIn(key.assert(await request()))).status, 401);
    await server.patch(`/users/${id}`, { status: 'active' }, admin.token);
    assert.equal((await signIn(key.assert(await request()))).status, 200);
  });

  test('at most twenty a person', async () => {
    const { id, token } = await makeMember(server);
    await addPasskey(server, token);
    const text = `insert into passkey select gen_random_uuid(), user_id, sha256(n::text::bytea), public_key, 0, transports,
      false, 'filler', created_at, null from passkey, generate_series(1, 19) n where user_id = $1`;
    await runSql(server.open.deps.db, text, [id]);
    const credential = createAuthenticator(origin).register(await creation(token));
    const answer = await server.post('/me/passkeys', { credential }, token);
    assert.deepEqual([answer.status, answer.body.code], [409, 'passkeys_full']);
  });

  test('a front end may ask where it is on the host of PUBLIC_URL, or below it', () => {
    const publicUrl = 'https://learn.example.edu';
    const originsWith = (frontendUrl: string | null) => relyingPartyOf({ publicUrl, frontendUrl }).origins;
    assert.deepEqual(originsWith(null), [publicUrl]);
    assert.deepEqual(originsWith(publicUrl), [publicUrl]);
    assert.deepEqual(originsWith('https://app.learn.example.edu'), [
      publicUrl,
      'https://app.learn.example.edu',
    ]);
    for (const other of ['https://example.edu', 'https://evillearn.example.edu', 'https://example.com'])
      assert.deepEqual(originsWith(other), [publicUrl]);
  });

  test('giving one of two factors up leaves the other', async () => {
    const member = await makeMember(server);
    const app = await addApp(server, member.token);
    const key = await addPasskey(server, member.token);
    const path = `/me/passkeys/${key.id}`;
    const last = await server.delete(path, member.token);
    assert.deepEqual(
      [last.status, last.body.code],
      [409, 'last_sign_in_way'],
      'an app alone signs nobody in',
    );
    await givePassword(server, member.id);
    assert.equal((await server.delete(path, member.token)).status, 204);
    assert.equal((await signIn(key.assert(await request()))).status, 401);
    const challengeToken = await beginLogin(server, member.id);
    const body = { challengeToken, method: 'totp', code: app.next() };
    assert.equal((await server.post('/auth/login/challenges', body)).status, 200);
    assert.ok(await openSession(server, member.id));
  });
});

suite('passkeys with REQUIRE_EMAIL_VERIFICATION_FOR_LOGIN=true', () => {
  test('whose address is not confirmed does not sign in by one either, which is recorded; who has no address does', async (t) => {
    const server = await startTestServer({ config: { requireEmailVerificationForLogin: true } });
    t.after(() => server.stop());
    const { db } = server.open.deps;
    const { id, token } = await makeMember(server);
    const key = await addPasskey(server, token);
    const signIn = async () => {
      const { options } = ok(await server.post('/auth/login/passkey-options'));
      const body = { method: 'passkey', credential: key.assert(options as Request) };
      return server.post('/auth/login/challenges', body);
    };
    const without = await signIn();
    assert.equal(without.status, 200, without.text);
    const renewed = await server.post('/auth/refresh', { refreshToken: without.body.refreshToken });
    assert.equal(renewed.status, 200, 'nor is anything to be confirmed later');
    await runSql(
      db,
      `update app_user set email = 'k@example.com', email_key = 'k@example.com' where id = $1`,
      [id],
    );
    const refused = await signIn();
    assert.deepEqual([refused.status, refused.body.code], [403, 'email_not_verified']);
    const entries = await runSql<{ details: { after: unknown } }>(
      db,
      `select details::jsonb as details from audit_entry where action = 'session.refused' and target_id = $1`,
      [id],
    );
    assert.deepEqual(
      entries.map(({ details }) => details.after),
      [{ reason: 'email_not_verified', method: 'passkey' }],
    );
    await runSql(db, 'update app_user set email_verified_at = now() where id = $1', [id]);
    assert.equal((await signIn()).status, 200);
  });
});
