import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSocketServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { sql } from 'kysely';
import { createTestClock } from '#test/clock.ts';
import { createTestDatabase, onServer, type TestDatabase } from '#test/database.ts';
import { mountDisk } from '#test/disk.ts';
import { runCommand } from '#test/program.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { startSmtpServer } from '#test/smtp.ts';
import { examineSystem } from './doctor.ts';
import type { Finding, FindingStatus } from './finding.ts';

const password = 'seven-Herrings';

suite('lms doctor', () => {
  let cwd = '';
  let server: TestServer;
  let database: TestDatabase;
  before(async () => {
    cwd = mkdtempSync(path.join(tmpdir(), 'lms-doctor-'));
    database = await createTestDatabase();
    server = await startTestServer({ databaseUrl: database.url });
  });
  after(async () => {
    await server.stop();
    await database.drop();
    rmSync(cwd, { recursive: true, force: true });
  });

  const settings = (env: Record<string, string> = {}) => ({
    ENVIRONMENT: 'test',
    SECRET_KEY: '9f2c4b7e1d8a3065b1c7d94e20f8a6537c1e',
    ENCRYPTION_KEY: 'q7Jx0m3Vt9ZLcYw1uRk5Pd8GhNfBsA2eTiOxUvK4yCE=',
    DATABASE_URL: database.url,
    ...env,
  });
  const examine = (
    env: Record<string, string> = {},
    clock = undefined as Parameters<typeof examineSystem>[1],
  ) => examineSystem({ env: settings(env), cwd }, clock);
  /** The one finding of a check that has this status; its text and advice. */
  const only = (findings: Finding[], check: string, status: FindingStatus): string => {
    const matching = findings.filter((finding) => finding.check === check && finding.status === status);
    assert.equal(matching.length, 1, JSON.stringify(findings, null, 1));
    return `${matching[0]?.detail} ${matching[0]?.advice ?? ''}`;
  };

  test('a sound system has no failure, and is left as it was', async () => {
    const findings = await examine();
    assert.deepEqual(
      findings.filter(({ status }) => status === 'failed'),
      [],
    );
    for (const check of [
      'versions',
      'settings',
      'database',
      'database TLS',
      'clock',
      'migrations',
      'storage',
    ])
      only(findings, check, 'ok');
    assert.equal(findings.filter(({ check, status }) => check === 'queues' && status === 'ok').length, 5);
    only(findings, 'redis', 'skipped');
    only(findings, 'mail', 'skipped');
    assert.deepEqual(
      readdirSync(path.join(cwd, '.data', 'uploads', 'probe'), {
        recursive: true,
        withFileTypes: true,
      }).filter((entry) => entry.isFile()),
      [],
    );
  });

  test('the command prints it for people and for programs, and its status tells of failures', async (t) => {
    const env = settings();
    const text = await runCommand(t, ['doctor'], { env });
    assert.equal(text.code, 0, text.stdout);
    assert.match(
      text.stdout,
      new RegExp(String.raw`^ok +versions +lms 1\.0\.0 on Node ${process.versions.node}`),
    );
    assert.match(text.stdout, /\n0 failed, \d+ warnings\n$/);
    const json = await runCommand(t, ['doctor', '--json'], {
      env: { ...env, SMTP_HOST: '127.0.0.1', SMTP_PORT: '1' },
    });
    assert.equal(json.code, 1);
    const report = JSON.parse(json.stdout) as { status: string; findings: Finding[] };
    assert.equal(report.status, 'failed');
    for (const { status, advice } of report.findings)
      assert.equal(advice !== undefined, status === 'failed' || status === 'warning');
    for (const secret of [env.SECRET_KEY, env.ENCRYPTION_KEY, new URL(database.url).password])
      assert.ok(secret === '' || !`${text.stdout}${json.stdout}`.includes(secret));
  });

  test('settings that are refused or doubtful are said, and the rest is looked at all the same', async () => {
    const findings = await examine({ PORT: 'x', SECRET_KEY: 'change-me' });
    assert.match(only(findings, 'settings', 'failed'), /^PORT "x" is not a whole number/);
    assert.match(only(findings, 'settings', 'warning'), /^SECRET_KEY is well known/);
    only(findings, 'database', 'ok');
  });

  test('a database that is away, refuses the login, or does not exist', async () => {
    const away = await examine({ DATABASE_URL: `postgresql://lms:${password}@127.0.0.1:1/lms` });
    assert.match(only(away, 'database', 'failed'), /cannot be reached: check DATABASE_URL.*ECONNREFUSED/);
    assert.ok(!JSON.stringify(away).includes(password));
    const nowhere = new URL(database.url);
    nowhere.pathname = '/nowhere';
    assert.match(
      only(await examine({ DATABASE_URL: nowhere.href }), 'database', 'failed'),
      /does not exist: create it/,
    );
    assert.ok(!away.some(({ check }) => check === 'queues'), 'nothing is said of what cannot be known');
  });

  test('a clock that differs from the one of the database', async () => {
    const late = await examine({}, createTestClock(new Date(Date.now() - 60_000)));
    assert.match(
      only(late, 'clock', 'failed'),
      /^the database's clock is (59|60)\.\d s ahead of ours Let both machines/,
    );
    const early = await examine({}, createTestClock(new Date(Date.now() + 5_000)));
    assert.match(only(early, 'clock', 'warning'), /behind ours/);
  });

  test('a schema that was never made, lacks a migration, or is newer', async (t) => {
    const empty = await createTestDatabase('template0');
    t.after(() => empty.drop());
    assert.match(
      only(await examine({ DATABASE_URL: empty.url }), 'migrations', 'failed'),
      /never migrated Run "lms migrate"/,
    );
    const { db } = server.open.deps;
    await sql`update schema_migration set name = '9999_of_later.sql' where name = '0014_live.sql'`.execute(
      db,
    );
    assert.match(only(await examine(), 'migrations', 'failed'), /not applied: 0014_live\.sql/);
    await sql`insert into schema_migration (name, sha256) values ('0014_live.sql', 'x')`.execute(db);
    assert.match(only(await examine(), 'migrations', 'warning'), /newer version: 9999_of_later\.sql/);
    await sql`delete from schema_migration where name = '9999_of_later.sql'`.execute(db);
  });

  test('connections that run out', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await onServer(database.url, `alter database ${name} connection limit 8`);
    const text = only(await examine(), 'connections', 'warning');
    await onServer(database.url, `alter database ${name} connection limit -1`);
    assert.match(text, /of 8 in use; a process takes up to 13 Raise max_connections/);
  });

  test('jobs that nobody takes, and jobs that failed', async () => {
    const { db } = server.open.deps;
    const add = (queue: string, state: string, age: string) =>
      sql`
      insert into pgboss.job (name, data, state, start_after, created_on)
      values (${queue}, '{"job":"test.none","payload":{}}', ${state}::pgboss.job_state, now() - ${age}::interval, now() - ${age}::interval)`.execute(
        db,
      );
    await add('emails', 'created', '1 hour');
    await add('progress', 'created', '5 minutes');
    await add('webhooks', 'failed', '1 minute');
    const findings = (await examine()).filter(({ check }) => check === 'queues');
    const of = (name: string) => findings.find(({ detail }) => detail.startsWith(name));
    assert.deepEqual(
      ['emails', 'progress', 'webhooks', 'certificates'].map((name) => of(name)?.status),
      ['failed', 'warning', 'warning', 'ok'],
    );
    assert.match(of('emails')?.detail ?? '', /1 waiting, the oldest for 36\d\d s/);
    assert.match(of('emails')?.advice ?? '', /Is a worker running/);
    assert.match(of('webhooks')?.advice ?? '', /GET \/admin\/jobs\?queue=webhooks&state=failed/);
    await sql`delete from pgboss.job where data ->> 'job' = 'test.none'`.execute(db);
  });

  test('a Redis that is away, or that asks for another password', async (t) => {
    assert.match(
      only(await examine({ REDIS_URL: `redis://:${password}@127.0.0.1:1` }), 'redis', 'failed'),
      /does not answer at 127\.0\.0\.1:1 \(ECONNREFUSED\) Check REDIS_URL/,
    );
    const redis = process.env['TEST_REDIS_URL'];
    if (redis === undefined) return t.diagnostic('without redis-server, nothing more');
    assert.match(
      only(await examine({ REDIS_URL: redis }), 'redis', 'ok'),
      /^Redis \d+\.\d+\.\d+, answers in /,
    );
    const url = new URL(redis);
    url.username = 'nobody';
    url.password = password;
    const refused = await examine({ REDIS_URL: url.href });
    assert.match(only(refused, 'redis', 'failed'), /\(WRONGPASS\) Correct the user and the password/);
    assert.ok(!JSON.stringify(refused).includes(password));
  });

  test('a Redis that is too old for what the client says first', async (t) => {
    // As Redis 5 answers: one of that age is not to be had here.
    const old = createSocketServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () =>
        socket.write('-ERR unknown command `HELLO`, with args beginning with: `3`, \r\n'),
      );
    });
    old.listen(0, '127.0.0.1');
    await once(old, 'listening');
    t.after(() => old.close());
    const { port } = old.address() as AddressInfo;
    const findings = await examine({ REDIS_URL: `redis://127.0.0.1:${port}` });
    assert.match(only(findings, 'redis', 'failed'), /older than 6\) Upgrade it: the program needs Redis 6/);
  });

  test('a mail server that is away, has no TLS, or refuses the login', async (t) => {
    const at = (port: number, more: Record<string, string> = {}) =>
      examine({ SMTP_HOST: '127.0.0.1', SMTP_PORT: String(port), ...more });
    assert.match(
      only(await at(1), 'mail', 'failed'),
      /127\.0\.0\.1:1 cannot be used \(ECONNREFUSED\) Check SMTP_HOST/,
    );
    const plain = await startSmtpServer({}, t);
    assert.match(only(await at(plain.port), 'mail', 'ok'), /answers/);
    assert.match(
      only(await at(plain.port, { SMTP_USE_TLS: 'true' }), 'mail', 'failed'),
      /Check SMTP_USE_TLS/,
    );
    const login = { SMTP_USERNAME: 'mailer', SMTP_PASSWORD: password };
    const strict = await startSmtpServer(
      {
        disabledCommands: ['STARTTLS'],
        onAuth: (auth, _session, callback) =>
          auth.password === 'right-Herrings' ? callback(null, { user: 'mailer' }) : callback(new Error('no')),
      },
      t,
    );
    const refused = await at(strict.port, login);
    assert.match(only(refused, 'mail', 'failed'), /\(EAUTH\) Correct SMTP_USERNAME and SMTP_PASSWORD/);
    assert.ok(!JSON.stringify(refused).includes(password));
    const taken = await at(strict.port, { ...login, SMTP_PASSWORD: 'right-Herrings' });
    assert.match(only(taken, 'mail', 'ok'), /takes our login/);
    assert.equal(strict.received.length, 0, 'nothing is sent');
  });

  test('a store of files that cannot be written', async (t) => {
    writeFileSync(path.join(cwd, 'a-file'), '');
    assert.match(
      only(await examine({ UPLOADS_DIR: path.join(cwd, 'a-file', 'uploads') }), 'storage', 'failed'),
      /cannot be used: /,
    );
    const azure = createServer((_request, response) => response.writeHead(403).end());
    azure.listen(0, '127.0.0.1');
    await once(azure, 'listening');
    t.after(() => {
      azure.closeAllConnections();
      azure.close();
    });
    const account = `DefaultEndpointsProtocol=http;AccountName=academy;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:${(azure.address() as AddressInfo).port}/academy`;
    const refused = await examine({
      FILE_STORAGE_PROVIDER: 'azure',
      AZURE_STORAGE_CONNECTION_STRING: account,
    });
    assert.match(only(refused, 'storage', 'failed'), /Azure Blob Storage cannot be used: .*refuses access/);
    assert.ok(!JSON.stringify(refused).includes('c2VjcmV0'));
  });

  test('a place of backups that cannot be written, has none yet, or none of the last day', async () => {
    const key = { BACKUP_KEY: 'dk3mWq9vTzR7bXc1LfYh8sNp5GjUa2Eo6ViQx4ZtJr0=' };
    only(await examine(), 'backups', 'skipped');
    writeFileSync(path.join(cwd, 'a-file'), '');
    const refused = await examine({ ...key, BACKUP_DIR: path.join(cwd, 'a-file', 'backups') });
    assert.match(only(refused, 'backups', 'failed'), /a file stands where a folder should be/);
    const folder = mkdtempSync(path.join(cwd, 'backups-'));
    const find = () =>
      examine({ ...key, BACKUP_DIR: folder }, createTestClock(new Date('2026-11-25T21:00:00Z')));
    assert.match(only(await find(), 'backups', 'warning'), /^none yet in .* Make one: "lms backup"/);
    writeFileSync(path.join(folder, 'lms-20261124t011700z.age'), '');
    assert.match(only(await find(), 'backups', 'failed'), /is 44 h old Make one now/);
    writeFileSync(path.join(folder, 'lms-20261125t011700z.age'), '');
    assert.match(only(await find(), 'backups', 'ok'), /lms-20261125t011700z\.age, is 20 h old/);
    assert.equal(readdirSync(folder).length, 2, 'what was written for a look is gone');
  });

  test(
    'a folder of backups on a disk that is mounted read-only, as in all containers but the worker',
    { skip: process.getuid?.() === 0 ? false : 'only root may mount a disk' },
    async (t) => {
      const key = { BACKUP_KEY: 'dk3mWq9vTzR7bXc1LfYh8sNp5GjUa2Eo6ViQx4ZtJr0=' };
      const folder = mountDisk(t, 8);
      execFileSync('mount', ['-o', 'remount,ro', folder]);
      const findings = await examine({ ...key, BACKUP_DIR: folder });
      assert.match(only(findings, 'backups', 'warning'), /mounted read-only\. Workers alone write there/);
    },
  );

  test(
    'a disk with little room',
    { skip: process.getuid?.() === 0 ? false : 'only root may mount a disk' },
    async (t) => {
      const findings = await examine({ UPLOADS_DIR: mountDisk(t, 8) });
      assert.match(only(findings, 'disk', 'failed'), /UPLOADS_DIR .*: 8 MiB free \(100 %\) Make room there/);
    },
  );

  test('an embedded database that does not run is no failure', async () => {
    const findings = await examineSystem({ env: { ENVIRONMENT: 'test' }, cwd });
    assert.match(only(findings, 'database', 'skipped'), /"lms all" starts and migrates it/);
    assert.deepEqual(
      findings.filter(({ status }) => status === 'failed'),
      [],
    );
  });
});
