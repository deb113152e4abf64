import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { suite, test, type TestContext } from 'node:test';
import { encrypt } from '#platform/backup/age.ts';
import type { Config } from '#platform/config/config.ts';
import { createTestDatabase } from '#test/database.ts';
import { makePerson, signIn } from '#test/people.ts';
import { runCommand } from '#test/program.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { renewStored, sum } from './renew-stored.ts';

const names = ['SECRET_KEY', 'SECRET_KEY_PREVIOUS', 'ENCRYPTION_KEY', 'ENCRYPTION_KEY_PREVIOUS'];

/** The four keys in files, as containers have them, and what they hold now. */
function keysInFiles(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'lms-rotate-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string) => path.join(folder, name.toLowerCase());
  const first: Record<string, string> = {
    SECRET_KEY: 'q8Zt3vLw0Yb7NcR5mXe2HsKj9UaGdPfT6oBi1WxV',
    ENCRYPTION_KEY: 'p1Hq0l2tQ5mXv8yYw3bR7cZk9sN4dF6gJ0aLeTuVxWo=',
  };
  for (const name of names) writeFileSync(file(name), `${first[name] ?? ''}\n`, { mode: 0o600 });
  const textOf = (name: string) => readFileSync(file(name), 'utf8').trim() || null;
  return {
    env: Object.fromEntries(
      names.flatMap((name) => [
        [`${name}_FILE`, file(name)],
        [name, ''],
      ]),
    ),
    forget: (name: string) => writeFileSync(file(name), ''),
    config: (): Partial<Config> => ({
      secretKey: textOf('SECRET_KEY') ?? '',
      secretKeyPrevious: textOf('SECRET_KEY_PREVIOUS'),
      encryptionKey: textOf('ENCRYPTION_KEY') ?? '',
      encryptionKeyPrevious: textOf('ENCRYPTION_KEY_PREVIOUS'),
    }),
  };
}

suite('lms secrets', () => {
  test('keys are changed without a sign-out, and what is stored can be read without the old ones', async (t) => {
    const database = await createTestDatabase();
    t.after(() => database.drop());
    const keys = keysInFiles(t);
    const env = { ...keys.env, DATABASE_URL: database.url };
    /** Works with the API as it is with the keys as they stand in the files now. */
    const serve = async <T>(work: (server: TestServer) => Promise<T>): Promise<T> => {
      const server = await startTestServer({ databaseUrl: database.url, config: keys.config() });
      try {
        return await work(server);
      } finally {
        await server.stop();
      }
    };

    const input = { url: 'https://hook.example.com/', events: ['ping'] };
    const header = { 'idempotency-key': 'kept-1' };
    const { person, made } = await serve(async (server) => {
      const someone = await makePerson(server, 'admin');
      return { person: someone, made: await server.post('/webhooks', input, someone.token, header) };
    });
    assert.equal(made.status, 201);

    const rotated = await runCommand(t, ['secrets', 'rotate'], { env });
    assert.deepEqual([rotated.code, rotated.stdout], [0, '']);
    assert.match(rotated.stderr, /Restart every process.*\nThen: lms secrets reencrypt\n$/s);
    const now = keys.config();
    for (const key of Object.values(now)) assert.ok(!rotated.stderr.includes(String(key)), 'no key is shown');

    await serve(async (server) => {
      assert.equal((await server.get('/me', person.token)).status, 200, 'still signed in');
      const again = await server.post('/webhooks', input, person.token, header);
      assert.deepEqual([again.status, again.body], [201, made.body]);
    });

    const early = await runCommand(t, ['secrets', 'rotate'], { env });
    assert.deepEqual([early.code, early.stdout], [1, '']);
    assert.match(
      early.stderr,
      /^[1-9]\d* stored values need ENCRYPTION_KEY_PREVIOUS[^\n]*reencrypt[^\n]*\n$/,
    );
    assert.deepEqual(keys.config(), now);

    const renewed = await runCommand(t, ['secrets', 'reencrypt'], { env });
    assert.deepEqual(
      [renewed.code, renewed.stdout.split('\n')[0]],
      [0, 'secrets of webhooks: 1 encrypted anew, 0 were already'],
    );
    assert.match(
      renewed.stdout,
      /kept answers of repeated requests: [1-9]\d* encrypted anew, 0 were already/,
    );

    for (const name of names.filter((each) => each.endsWith('PREVIOUS'))) keys.forget(name);
    await serve(async (server) => {
      assert.equal((await server.get('/me', person.token)).status, 401, 'the old key is over');
      const { token } = await signIn(server, person.email, person.password);
      assert.deepEqual((await server.post('/webhooks', input, token, header)).body, made.body);
      const { db, encryption } = server.open.deps;
      const row = await db.selectFrom('webhook').select(['id', 'secret']).executeTakeFirstOrThrow();
      assert.equal(encryption.decrypt(row.secret, row.id), made.body.secret);

      await db
        .updateTable('webhook')
        .set({ secret: Buffer.alloc(60, 1) })
        .execute();
      assert.equal(sum(await renewStored(server.open.deps, { isCounting: false }), 'lost'), 1);
    });
    const lost = await runCommand(t, ['secrets', 'reencrypt'], { env });
    assert.equal(lost.code, 1);
    assert.match(
      lost.stdout,
      /^secrets of webhooks: 0 encrypted anew, 0 were already, 1 that no key opens\n/,
    );
    assert.match(lost.stderr, /^Some values are opened by no key that is set\./);
  });

  test('keys that are set in the environment are printed to be set, and nothing else is', async (t) => {
    const env = { DATABASE_URL: 'postgresql://127.0.0.1:1/none' };
    const { code, stdout, stderr } = await runCommand(t, ['secrets', 'rotate', '--only=SECRET_KEY'], { env });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^SECRET_KEY=\S{64}\nSECRET_KEY_PREVIOUS=9f2c4b7e1d8a3065b1c7d94e20f8a6537c1e\n$/);
    const none = await runCommand(t, ['secrets', 'rotate', '--only=BACKUP_KEY'], { env });
    assert.deepEqual([none.code, none.stdout], [1, '']);
    for (const args of [
      ['secrets', 'turn'],
      ['secrets', 'rotate', '--only=DATABASE_URL'],
    ]) {
      const wrong = await runCommand(t, args, { env });
      assert.deepEqual([wrong.code, wrong.stdout], [2, '']);
    }
  });

  test('the key of backups is changed by its name, and not while a backup needs the one that would be left out', async (t) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'lms-rotate-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const [first, second] = [randomBytes(48).toString('base64'), randomBytes(48).toString('base64')];
    const keep = async (name: string, key: string) =>
      writeFileSync(
        path.join(folder, name),
        Buffer.concat(await Array.fromAsync(encrypt(Readable.from([Buffer.from('x')]), key))),
      );
    await keep('lms-20251201t011700z.age', randomBytes(48).toString('base64'));
    await keep('lms-20260101t011700z.age', first);
    await keep('lms-20260201t011700z.age', second);
    const rotate = (keys: Record<string, string>) =>
      runCommand(t, ['secrets', 'rotate', '--only=BACKUP_KEY'], {
        env: { DATABASE_URL: 'postgresql://127.0.0.1:1/none', BACKUP_DIR: folder, ...keys },
      });
    const refused = await rotate({ BACKUP_KEY: second, BACKUP_KEY_PREVIOUS: first });
    assert.deepEqual([refused.code, refused.stdout], [1, '']);
    assert.match(refused.stderr, /^The backup lms-20260101t011700z\.age needs BACKUP_KEY_PREVIOUS[^\n]*\n$/);

    rmSync(path.join(folder, 'lms-20260101t011700z.age'));
    const rotated = await rotate({ BACKUP_KEY: second, BACKUP_KEY_PREVIOUS: first });
    assert.equal(rotated.code, 0, rotated.stderr);
    const [, now = '', previous] =
      /^BACKUP_KEY=(\S{64})\nBACKUP_KEY_PREVIOUS=(\S+)\n$/.exec(rotated.stdout) ?? [];
    assert.equal(previous, second);
    assert.notEqual(now, second);
    assert.match(rotated.stderr, /Keep a copy of both keys of backups elsewhere/);
  });
});
