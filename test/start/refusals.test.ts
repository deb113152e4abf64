import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { createTestDatabase } from '#test/database.ts';
import { mountDisk } from '#test/disk.ts';
import { launchProgram, runCommand, untilListening, type ProgramOptions } from '#test/program.ts';
import { findAllIn } from '#test/runner/left-behind.ts';

const isRoot = process.getuid?.() === 0;

/** It says one line that matches, beside its log, ends with the status, and leaves nothing running. */
async function assertRefused(
  t: TestContext,
  args: string[],
  options: ProgramOptions,
  expected: RegExp,
  status = 1,
): Promise<void> {
  const { code, stderr } = await runCommand(t, args, options);
  assert.match(stderr, expected);
  assert.match(stderr, /^[^\n]{20,500}\n$/, 'one line');
  assert.doesNotMatch(stderr, /hunter2/, 'no secret');
  assert.equal(code, status);
  const { DATA_DIR: dataDir } = options.env ?? {};
  if (dataDir !== undefined) assert.deepEqual(findAllIn(dataDir), []);
}

function newFolder(t: TestContext): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'lms-refused-')));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function makeDatabase(t: TestContext): Promise<string> {
  const database = await createTestDatabase();
  t.after(() => database.drop());
  return database.url;
}

function changed(url: string, change: (url: URL) => void): { env: { DATABASE_URL: string } } {
  const copy = new URL(url);
  change(copy);
  return { env: { DATABASE_URL: copy.href } };
}

suite('a start that cannot be says in one line what to do', () => {
  test('a port that is taken: the setting to change', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => other.close());
    await new Promise((resolve) => other.once('listening', resolve));
    const port = String((other.address() as { port: number }).port);
    const DATABASE_URL = await makeDatabase(t);
    const DATA_DIR = newFolder(t);
    await assertRefused(
      t,
      ['api'],
      { env: { DATABASE_URL, PORT: port } },
      /^Port \d+ is taken: .*set PORT to another\.$/m,
    );
    await assertRefused(
      t,
      ['worker'],
      { env: { DATABASE_URL, METRICS_PORT: port } },
      /set METRICS_PORT to another\.$/m,
    );
    await assertRefused(
      t,
      ['all'],
      { env: { DATA_DIR, PORT: port } },
      /^Port \d+ is taken: .*set PORT to another\.$/m,
    );
  });

  test('an address that this machine does not have', async (t) => {
    const env = { DATABASE_URL: await makeDatabase(t), HOST: '192.0.2.1' };
    await assertRefused(t, ['api'], { env }, /does not have the address 192\.0\.2\.1: set HOST/);
  });

  test('a data folder in use: whose it is; the owner goes on', async (t) => {
    const env = { DATA_DIR: newFolder(t) };
    const owner = launchProgram(t, ['all'], { env });
    await untilListening(owner);
    const { code, stderr } = await runCommand(t, ['all'], { env });
    assert.match(
      stderr,
      new RegExp(
        `^The data folder ${env.DATA_DIR}/postgres is in use by process ${owner.pid}: stop that process, or set DATA_DIR to another folder\\.\\n$`,
      ),
    );
    assert.equal(code, 1);
    assert.equal(await owner.stop('SIGINT'), 0);
  });

  test('a disk that is full', { skip: !isRoot && 'only root may mount a disk' }, async (t) => {
    const folder = mountDisk(t, 20);
    await assertRefused(
      t,
      ['all'],
      { env: { DATA_DIR: folder } },
      /disk .* is full: free some space, or set DATA_DIR/,
    );
  });

  test('a data folder on a read-only disk', { skip: !isRoot && 'only root may mount a disk' }, async (t) => {
    const folder = mountDisk(t, 20);
    assert.equal(spawnSync('mount', ['-o', 'remount,ro', folder]).status, 0);
    const env = { DATA_DIR: path.join(folder, 'data') };
    await assertRefused(t, ['all'], { env }, /cannot be written \(\w+\).*DATA_DIR/);
  });

  test(
    'a data folder that may not be written',
    { skip: isRoot && 'root may write everywhere' },
    async (t) => {
      const folder = newFolder(t);
      chmodSync(folder, 0o500);
      const env = { DATA_DIR: path.join(folder, 'data') };
      await assertRefused(t, ['all'], { env }, /cannot be written \(\w+\).*DATA_DIR/);
    },
  );

  test('a DATABASE_URL that does not lead to a database', async (t) => {
    const url = await makeDatabase(t);
    const closed = changed(url, (it) => (it.port = '1'));
    const unknownHost = changed(url, (it) => (it.hostname = 'no-such-host.invalid'));
    const wrongPassword = changed(url, (it) => (it.password = 'hunter2'));
    const wrongUser = changed(url, (it) => (it.username = 'nobody_here'));
    const wrongName = changed(url, (it) => (it.pathname = '/no_such_database'));
    const withTls = changed(url, (it) => (it.search = '?sslmode=verify-full'));
    for (const command of ['migrate', 'all']) {
      await assertRefused(t, [command], closed, /cannot be reached: check DATABASE_URL.*ECONNREFUSED/);
      await assertRefused(
        t,
        [command],
        wrongPassword,
        /refuses the user or the password: correct them in DATABASE_URL/,
      );
    }
    await assertRefused(t, ['migrate'], unknownHost, /cannot be reached: check DATABASE_URL/);
    await assertRefused(t, ['migrate'], wrongUser, /refuses the user/);
    await assertRefused(
      t,
      ['migrate'],
      wrongName,
      /does not exist: create it, or correct its name in DATABASE_URL/,
    );
    await assertRefused(t, ['migrate'], withTls, /takes no TLS: remove sslmode/);
  });

  test('a role that needs a database of its own', async (t) => {
    for (const role of ['api', 'worker', 'scheduler']) {
      await assertRefused(
        t,
        [role],
        {},
        new RegExp(`^The role ${role} needs a database .*set DATABASE_URL, or start "all"\\.$`, 'm'),
      );
    }
  });

  test('an option that does not exist or makes no sense, with status 2', async (t) => {
    await assertRefused(t, ['api', '--prot=80'], {}, /Unknown option '--prot'/, 2);
    await assertRefused(
      t,
      ['worker', '--queues=emials'],
      {},
      /no queue "emials", but emails, progress, certificates, webhooks, maintenance/,
      2,
    );
    await assertRefused(t, ['worker', '--concurrency=many'], {}, /whole number from 1 to 100/, 2);
    await assertRefused(t, ['migrate', 'now'], {}, /Unexpected argument 'now'/, 2);
    await assertRefused(t, ['admin', 'destroy'], {}, /lms admin create --email=ADDRESS --name=NAME/, 2);
  });

  test('settings that do not hold: every reason at once', async (t) => {
    const { code, stderr } = await runCommand(t, ['all'], { env: { PORT: 'http', ENVIRONMENT: 'prod' } });
    assert.match(stderr, /^The settings do not let the program start:\n- .*\n- .*\n$/);
    assert.equal(code, 1);
  });
});
