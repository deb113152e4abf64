import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import readQrCode from 'jsqr';
import sharp from 'sharp';
import { createTestDatabase } from '#test/database.ts';
import { addApp, appOf, beginLogin, makeMember, makeRecoveryCodes, openSession } from '#test/factors.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import type { Config } from '#platform/config/config.ts';
import { runSql } from '#platform/db/database.ts';
import { renewTotpSecrets } from './commands/renew-totp-secrets.ts';
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts';
import { totpBlockedUntil, totpStepOf, totpUrl } from './totp.ts';

const rfcSecret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

suite('codes of an authenticator app', () => {
  test('are those of RFC 6238, of the step before and after too, and of no other', () => {
    const at = (seconds: number) => new Date(seconds * 1000);
    // The last six digits of the RFC's vectors, appendix B.
    for (const [seconds, code] of [
      [59, '287082'],
      [1_111_111_109, '081804'],
      [1_234_567_890, '005924'],
      [20_000_000_000, '353130'],
    ] as const) {
      const step = Math.floor(seconds / 30);
      for (const away of [-30, 0, 30]) assert.equal(totpStepOf(rfcSecret, code, at(seconds + away)), step);
      for (const away of [-60, 60]) assert.equal(totpStepOf(rfcSecret, code, at(seconds + away)), undefined);
    }
    for (const code of ['', '28708', '2870820', 'abcdef', '２８７０８２'])
      assert.equal(totpStepOf(rfcSecret, code, at(59)), undefined, code);
  });

  test('the address in the picture names issuer and account, whatever stands in them', () => {
    const url = new URL(totpUrl(rfcSecret, { issuer: 'A: b & c', label: 'x:y@example.com' }));
    assert.deepEqual(
      [url.protocol, url.searchParams.get('secret'), url.searchParams.get('issuer')],
      ['otpauth:', rfcSecret, 'A  b & c'],
    );
    assert.equal(decodeURIComponent(url.pathname).split(':').length, 2);
  });

  test('after five failures each waits twice as long, an hour at most', () => {
    const now = new Date(0);
    const waits = [4, 5, 6, 10, 11, 500].map((failures) => totpBlockedUntil(failures, now)?.getTime());
    assert.deepEqual(waits, [undefined, 60_000, 120_000, 1_920_000, 3_600_000, 3_600_000]);
  });
});

suite('recovery codes', () => {
  test('are ten of 120 random bits, and are known however they are typed', () => {
    const codes = newRecoveryCodes();
    assert.equal(new Set(codes).size, 10);
    for (const code of codes) {
      assert.match(code, /^([0-9a-hjkmnp-tv-z]{6}-){3}[0-9a-hjkmnp-tv-z]{6}$/);
      const typed = ` ${code.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l')} `;
      assert.ok(hashRecoveryCode(typed).equals(hashRecoveryCode(code)));
    }
  });
});

suite('second factors over HTTP', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer({ config: { projectName: 'Harbour Academy' } });
  });
  after(() => server.stop());

  const sqlOf = (text: string, id: string) =>
    runSql<Record<string, unknown>>(server.open.deps.db, text, [id]);

  test('an authenticator app counts once it has shown a code, and the picture holds its secret', async () => {
    const { id, token } = await makeMember(server);
    assert.deepEqual((await server.get('/me/totp', token)).body, { isActive: false, confirmedAt: null });
    assert.equal(
      (await server.post('/me/totp/confirmation', { code: '123456' }, token)).body.code,
      'totp_not_begun',
    );
    const begun = await server.post('/me/totp', undefined, token);
    assert.equal(begun.status, 201, begun.text);
    const { secret, otpauthUrl, qrCodeSvg } = begun.body;
    const { data, info } = await sharp(Buffer.from(qrCodeSvg))
      .resize(400)
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const read = readQrCode.default(new Uint8ClampedArray(data), info.width, info.height);
    assert.equal(read?.data, otpauthUrl);
    assert.equal(new URL(otpauthUrl).searchParams.get('secret'), secret);
    assert.equal((await server.get('/me/totp', token)).body.isActive, false);
    const app = appOf(server, secret);
    const wrong = await server.post('/me/totp/confirmation', { code: '000000' }, token);
    assert.deepEqual([wrong.status, wrong.body.code], [400, 'factor_refused']);
    assert.equal((await server.post('/me/totp/confirmation', { code: app.next() }, token)).status, 200);
    assert.equal((await server.get('/me/totp', token)).body.isActive, true);
    const [row] = await sqlOf('select secret from totp_factor where user_id = $1', id);
    assert.ok(!String(row?.['secret']).includes(secret), 'the secret is stored sealed');
    const [flags] = await sqlOf('select has_totp, has_passkey from app_user where id = $1', id);
    assert.deepEqual(flags, { has_totp: true, has_passkey: false });
  });

  test('a secret that nobody confirmed is void after a quarter of an hour', async () => {
    const member = await makeMember(server);
    const { secret } = (await server.post('/me/totp', undefined, member.token)).body;
    server.clock.advance({ minutes: 15 });
    const token = await openSession(server, member.id);
    const late = await server.post('/me/totp/confirmation', { code: appOf(server, secret).next() }, token);
    assert.equal(late.body.code, 'totp_not_begun');
  });

  test('a new app takes the place of the old one only once it has shown a code', async () => {
    const { id, token } = await makeMember(server);
    const old = await addApp(server, token);
    const begun = (await server.post('/me/totp', undefined, token)).body;
    const stepUp = (code: string) => server.post('/auth/step-up', { method: 'totp', code }, token);
    assert.equal((await stepUp(old.next())).status, 200, 'the old one still counts');
    const app = appOf(server, begun.secret);
    assert.equal((await server.post('/me/totp/confirmation', { code: app.next() }, token)).status, 200);
    assert.equal((await stepUp(old.next())).body.code, 'factor_refused');
    assert.equal((await stepUp(app.next())).status, 200);
    const rows = await sqlOf('select pending_secret from totp_factor where user_id = $1', id);
    assert.deepEqual(rows, [{ pending_secret: null }]);
  });

  test('the first second factor ends all other sessions, a further one ends none', async () => {
    const { id, token } = await makeMember(server);
    const elsewhere = await openSession(server, id);
    await addApp(server, token);
    assert.equal((await server.get('/me', elsewhere)).status, 401);
    assert.equal((await server.get('/me', token)).status, 200);
    const again = await openSession(server, id);
    await addApp(server, token);
    assert.equal((await server.get('/me', again)).status, 200);
  });

  test('recovery codes are for those who have a factor, are counted, and go with the last factor', async () => {
    const { token } = await makeMember(server);
    const count = async () => (await server.get('/me/recovery-codes', token)).body;
    assert.deepEqual(await count(), { left: 0, createdAt: null });
    const none = await server.post('/me/recovery-codes', undefined, token);
    assert.deepEqual([none.status, none.body.code], [409, 'no_second_factor']);
    await addApp(server, token);
    const [first = ''] = await makeRecoveryCodes(server, token);
    const stepUp = (code: string) => server.post('/auth/step-up', { method: 'recoveryCode', code }, token);
    assert.equal((await stepUp(first)).status, 200);
    assert.equal((await count()).left, 9);
    const [second = ''] = await makeRecoveryCodes(server, token);
    assert.equal((await count()).left, 10, 'a new set takes the place of the old one');
    assert.equal((await stepUp(second)).status, 200);
    assert.equal((await server.delete('/me/totp', token)).status, 204);
    assert.deepEqual(await count(), { left: 0, createdAt: null });
    assert.equal((await server.delete('/me/totp', token)).status, 404);
  });
});

suite('a change of ENCRYPTION_KEY', () => {
  test('leaves authenticator apps good, while both keys are set and when the old one is gone', async (t) => {
    const database = await createTestDatabase();
    t.after(() => database.drop());
    const [first, next] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string];
    const serve = async <T>(
      config: Partial<Config>,
      work: (server: TestServer) => Promise<T>,
    ): Promise<T> => {
      const server = await startTestServer({ databaseUrl: database.url, config });
      try {
        return await work(server);
      } finally {
        await server.stop();
      }
    };
    const shows = async (server: TestServer, secret: string, userId: string) => {
      server.clock.advance({ minutes: 5 });
      const challengeToken = await beginLogin(server, userId);
      const body = { challengeToken, method: 'totp', code: appOf(server, secret).next() };
      return (await server.post('/auth/login/challenges', body)).status;
    };

    const { id, secret } = await serve({ encryptionKey: first }, async (server) => {
      const member = await makeMember(server);
      const app = await addApp(server, member.token);
      await server.post('/me/totp', undefined, member.token);
      return { id: member.id, secret: app.secret };
    });
    await serve({ encryptionKey: next, encryptionKeyPrevious: first }, async (server) => {
      assert.equal(await shows(server, secret, id), 200);
      const how = { isCounting: false };
      assert.deepEqual(await renewTotpSecrets(server.open.deps, how), { present: 0, renewed: 2, lost: 0 });
      assert.deepEqual(await renewTotpSecrets(server.open.deps, how), { present: 2, renewed: 0, lost: 0 });
    });
    await serve({ encryptionKey: next }, async (server) => {
      server.clock.advance({ minutes: 5 });
      assert.equal(await shows(server, secret, id), 200);
    });
    await serve({ encryptionKey: Buffer.alloc(32, 3).toString('base64') }, async (server) => {
      server.clock.advance({ minutes: 10 });
      assert.equal(await shows(server, secret, id), 401, 'refused, and no fault');
      const waiting = await makeMember(server);
      const begun = await server.post('/me/totp', undefined, waiting.token);
      await runSql(
        server.open.deps.db,
        `update totp_factor set pending_secret = (select secret from totp_factor where user_id = $1) where user_id = $2`,
        [id, waiting.id],
      );
      const code = appOf(server, begun.body.secret as string).next();
      const late = await server.post('/me/totp/confirmation', { code }, waiting.token);
      assert.deepEqual(
        [late.status, late.body.code],
        [409, 'totp_not_begun'],
        'begun before the key was lost',
      );
      assert.ok(server.log.some(({ message }) => String(message).startsWith('no ENCRYPTION_KEY')));
    });
  });
});
