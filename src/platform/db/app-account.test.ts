import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { after, before, suite, test, type TestContext } from 'node:test';
import pg from 'pg';
import { bringUpToDate } from '#app/database-setup.ts';
import { checkAccount } from '#app/doctor/check-account.ts';
import { jobs } from '#app/jobs.ts';
import { applySchedules, schedulesFor } from '#app/schedule.ts';
import { loadConfig } from '#platform/config/config.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { createLogger } from '#platform/log.ts';
import { createTestDatabase, onServer, type TestDatabase } from '#test/database.ts';
import { withClient } from '#test/invariants.ts';
import { startTestServer, type TestServer } from '#test/server.ts';
import { prepareAppAccount } from './app-account.ts';
import { runSql } from './database.ts';

const denied = { code: '42501' };

suite('the account by which the program serves', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
    await server.registerStudent();
  });
  after(() => server.stop());
  const run = (statement: string) => runSql(server.open.deps.db, statement);

  test('makes, changes, drops and empties nothing of the schema', async () => {
    const partitioned = `'{"policy": "standard", "partition": true}'`;
    for (const statement of [
      'create table mine (id integer)',
      'create table pgboss.mine (id integer)',
      'create view mine as select 1',
      'create index on course (title)',
      'create schema mine',
      'create type mine as enum ()',
      'create sequence mine',
      'create function mine() returns integer language sql return 1',
      'create or replace function guard_audit_entry() returns trigger language plpgsql as $$ begin return old; end $$',
      'create extension citext',
      'alter table app_user add column mine integer',
      'alter table audit_entry disable trigger user',
      'alter function forbid_change() rename to mine',
      'drop table course',
      'drop trigger audit_entry_append_only on audit_entry',
      'drop schema pgboss cascade',
      'truncate course cascade',
      'truncate pgboss.job',
      'create trigger mine before insert on course for each row execute function forbid_change()',
      'create role mine',
      'create database mine',
      `set session_replication_role = 'replica'`,
      `copy app_user to program 'cat'`,
      `select pgboss.create_queue('mine', ${partitioned})`,
    ])
      await assert.rejects(run(statement), denied, statement);
  });

  test('adds to the trail and to the log, and takes nothing from them', async () => {
    const [stored] = await runSql<{ entries: number; events: number }>(
      server.ownerDb,
      'select (select count(*) from audit_entry) as entries, (select count(*) from event) as events',
    );
    assert.ok(stored && stored.entries > 0 && stored.events > 0);
    for (const statement of [
      `update audit_entry set action = 'user.updated'`,
      'update audit_entry set actor_id = null',
      `update audit_seal set hash = 'x'`,
      'update audit_checkpoint set position = 0',
      'delete from audit_checkpoint',
      'update audit_unsealed set entry_id = gen_random_uuid()',
      'update audit_told_head set position = 0',
      `update event set data = '{}'`,
      'delete from event',
      `update schema_migration set sha256 = 'x'`,
      `insert into schema_migration (name, sha256) values ('x', 'x')`,
      'delete from pgboss.version',
      'delete from pgboss.queue',
    ])
      await assert.rejects(run(statement), denied, statement);
    // This much the purge may, of what is older than a checkpoint.
    await assert.rejects(run('delete from audit_entry'), /append-only/);
  });

  test('suffices for every job that the clock asks for', async () => {
    const { deps, engine } = server.open;
    const due = schedulesFor({ demoMode: true });
    await applySchedules(engine, due);
    await inTransaction(deps.db, (tx) =>
      engine.enqueueAll(
        tx,
        due.map(({ job: definition }) => ({ definition, payload: {} })),
      ),
    );
    await server.runJobs();
    const ended = await runSql<{ job: string; state: string }>(
      deps.db,
      `select distinct data->>'job' as job, state::text from pgboss.job`,
    );
    const states = new Map(ended.map(({ job, state }) => [job, state]));
    for (const { job } of due) assert.equal(states.get(job.name), 'completed', job.name);
    assert.ok(jobs.length > due.length);
  });

  test('that may not read a table is told of, by readiness and by the doctor', async () => {
    const { deps } = server.open;
    assert.deepEqual(
      (await checkAccount(deps.db, deps.config)).map(({ status }) => status),
      ['ok'],
    );
    const account = await nameOf(server);
    await runSql(server.ownerDb, `revoke select on schema_migration from ${account}`);
    const { status, body } = await server.get('/ready');
    const [found] = await checkAccount(deps.db, deps.config);
    await runSql(server.ownerDb, `grant select on schema_migration to ${account}`);
    assert.equal(status, 503);
    assert.match(body.checks.migrations.detail, /may not read the tables: run "lms migrate" with/);
    assert.deepEqual([found?.status, found?.detail], ['failed', `${account} may not read 1 tables`]);
    assert.equal((await server.get('/ready')).status, 200);
  });

  test('that owns the tables is warned of by the doctor where people rely on it', async () => {
    const { config } = server.open.deps;
    const find = async (environment: typeof config.environment) =>
      (await checkAccount(server.ownerDb, { ...config, environment }))[0];
    assert.equal((await find('development'))?.status, 'ok');
    const found = await find('production');
    assert.equal(found?.status, 'warning');
    assert.match(found.detail, /owns the tables that it serves from$/);
  });
});

async function nameOf(server: TestServer): Promise<string> {
  const [row] = await runSql<{ account: string }>(server.open.deps.db, 'select current_user as account');
  return row?.account ?? '';
}

suite('an account that "migrate" makes', () => {
  const serverUrl = process.env['TEST_DATABASE_URL'] ?? '';

  /** A database of one account, as older installations have it, and an address by which another would serve. */
  async function oldDatabase(t: TestContext): Promise<TestDatabase & { name: string }> {
    const database = await createTestDatabase();
    const name = `lms_app_${randomBytes(4).toString('hex')}`;
    t.after(async () => {
      await database.drop();
      await onServer(administratorOf(serverUrl), `drop role if exists ${name}`);
    });
    return { ...database, name, appUrl: urlOf(database.url, name, 'first-Heron-of-3') };
  }
  function urlOf(databaseUrl: string, name: string, password: string): string {
    const url = new URL(databaseUrl);
    [url.username, url.password] = [name, password];
    return url.href;
  }
  function administratorOf(url: string): string {
    const other = new URL(url);
    other.username = 'postgres';
    return other.href;
  }
  const ask = (url: string, statement: string) =>
    withClient(url, async (client) => (await client.query(statement)).rows as unknown[]);

  test('serves a database that one account had made; tables of later migrations are in its reach; harmless twice at once', async (t) => {
    const { url, appUrl, name } = await oldDatabase(t);
    const told: string[] = [];
    await prepareAppAccount(url, appUrl, (message) => told.push(message));
    assert.equal(told.length, 2);
    assert.equal(told[0], `made the account ${name} of the database`);
    assert.ok(told[1]?.endsWith(`let an administrator run: grant pg_read_all_stats to "${name}"`), told[1]);
    assert.equal((await ask(appUrl, 'select from schema_migration')).length > 0, true);
    await ask(url, 'create table later (id integer generated always as identity, n integer)');
    assert.deepEqual(await ask(appUrl, 'insert into later (n) values (1) returning n'), [{ n: 1 }]);
    await assert.rejects(ask(appUrl, 'drop table later'), denied);
    await assert.rejects(ask(appUrl, 'create temp table mine (id integer)'), denied);
    const [row] = (await ask(
      appUrl,
      'select rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as may from pg_roles where rolname = current_user',
    )) as { may: boolean }[];
    assert.equal(row?.may, false);

    // What somebody gave it beyond is taken away.
    await ask(url, `grant all on event, course to ${name}`);
    await ask(url, `grant create on schema public to ${name}`);
    await onServer(url, `grant all on database ${new URL(url).pathname.slice(1)} to ${name}`);
    await Promise.all([prepareAppAccount(url, appUrl), prepareAppAccount(url, appUrl)]);
    await assert.rejects(ask(appUrl, 'truncate course cascade'), denied);
    await assert.rejects(ask(appUrl, 'delete from event'), denied);
    for (const kind of ['table', 'temp table', 'schema'])
      await assert.rejects(
        ask(appUrl, `create ${kind} beyond ${kind === 'schema' ? '' : '(id integer)'}`),
        denied,
      );
    assert.deepEqual(await ask(appUrl, 'select n from later'), [{ n: 1 }]);
  });

  test('gets the password of DATABASE_URL, also a new one, and no log of the server could have it', async (t) => {
    const { url, appUrl, name } = await oldDatabase(t);
    await prepareAppAccount(url, appUrl);
    const signed = new pg.Client({ connectionString: appUrl });
    await signed.connect();
    await signed.end();
    const next = urlOf(url, name, 'second%20%27Heron%27');
    const told: string[] = [];
    await prepareAppAccount(url, next, (message) => told.push(message));
    assert.match(told.join(), /^set the password of the account/);
    assert.deepEqual(await ask(next, 'select 1 as n'), [{ n: 1 }]);
    await assert.rejects(ask(appUrl, 'select 1'), { code: '28P01' });
    await assert.rejects(prepareAppAccount(url, urlOf(url, name, 'Möwe')), /nothing but ASCII/);
  });

  test('sees what others do in the metrics, where the owner may let it', async (t) => {
    const { url, appUrl, name } = await oldDatabase(t);
    const told: string[] = [];
    for (let times = 0; times < 2; times += 1)
      await prepareAppAccount(administratorOf(url), appUrl, (message) => told.push(message));
    assert.deepEqual(told, [`made the account ${name} of the database`]);
    assert.deepEqual(
      await ask(appUrl, `select pg_has_role(current_user, 'pg_read_all_stats', 'usage') as sees`),
      [{ sees: true }],
    );
  });

  test('where the owner may not make accounts, one line has what an administrator runs', async (t) => {
    const { url, appUrl, name } = await oldDatabase(t);
    const owner = `${name}_owner`;
    await onServer(serverUrl, `create role ${owner} login password 'third-Heron'`);
    t.after(() => onServer(serverUrl, `drop role ${owner}`));
    await assert.rejects(prepareAppAccount(urlOf(url, owner, 'third-Heron'), appUrl), {
      name: 'MigrationError',
      message: `The account of DATABASE_OWNER_URL may not make the one of DATABASE_URL: let an administrator run: create role "${name}" login password '…'`,
    });
  });

  test('"migrate" brings all of it, with an empty database of the account in which backups are tried', async (t) => {
    const { url: ownerUrl, appUrl: url, name } = await oldDatabase(t);
    const overrides = { backupDir: '/nowhere', backupKey: 'of-tests-alone-0123456789abcdefghij' };
    const { config } = loadConfig({ env: { ENVIRONMENT: 'test', DATABASE_URL: url }, cwd: '/', overrides });
    const log = createLogger({ level: 'silent', service: 'test', version: 'test' });
    await bringUpToDate({ url: ownerUrl, ownerUrl }, config, log);
    assert.deepEqual(await ask(ownerUrl, `select from pg_roles where rolname = '${name}'`), []);
    for (let times = 0; times < 2; times += 1) await bringUpToDate({ url, ownerUrl }, config, log);
    const scratch = new URL(url);
    scratch.pathname += '_verify';
    await ask(scratch.href, 'create table tried (id integer)');
    await assert.rejects(ask(url, 'create table tried (id integer)'), denied);
    // It is its own, and may well be dropped.
    await onServer(url, `drop database "${path.basename(scratch.pathname)}" with (force)`);
  });
});
