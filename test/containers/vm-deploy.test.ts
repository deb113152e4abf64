import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { docker, noEngine, root, run, runName } from './docker.ts';
import { startRegistry } from './registry.ts';

const project = `${runName}-vm`;
const names = ['first', 'second', 'third', 'broken', 'refusing'] as const;
type Name = (typeof names)[number];

// The services of compose.prod.yaml with programs that only wait: what is looked at here is what the script does with
// containers and images. That no request fails meanwhile is looked at where the whole system rolls.
const COMPOSE = `
name: \${COMPOSE_PROJECT_NAME}
x-program: &program
  image: \${LMS_IMAGE:-none}
  init: true
  stop_grace_period: 1s
  healthcheck: { test: [CMD, 'true'], interval: 1s, timeout: 60s, retries: 3 }
services:
  proxy: { image: 'node:24-trixie-slim', command: [sleep, infinity], init: true, stop_grace_period: 1s, volumes: ['./curl:/usr/local/bin/curl:ro'] }
  api: { <<: *program, command: [api] }
  worker: { <<: *program, command: [worker] }
  scheduler: { <<: *program, command: [scheduler] }
  migrate: { <<: *program, command: [migrate] }
`;

// Three programs and their libraries: what is pushed and pulled is small.
const SMALL = `
FROM node:24-trixie-slim AS base
RUN mkdir /small \\
  && libraries="$(ldd /bin/sh /bin/sleep /bin/true | grep -o '/[^ :]*' | grep lib | sort -u)" \\
  && cp --parents --dereference /bin/sh /bin/sleep /bin/true $libraries /small
FROM scratch
COPY --from=base /small /
ENTRYPOINT ["sh", "-c", "case $1 in migrate|check-config) exit 0;; esac; exec sleep infinity", "pushed"]
CMD ["api"]
`;

suite('deploying on a virtual machine', { skip: noEngine }, () => {
  let folder: string;
  const ids = new Map<Name, string>();

  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), `${project}-`));
    mkdirSync(path.join(folder, 'deploy'));
    cpSync(path.join(root, 'deploy/vm'), path.join(folder, 'deploy/vm'), { recursive: true });
    cpSync(path.join(root, 'deploy/roll.sh'), path.join(folder, 'deploy/roll.sh'));
    writeFileSync(path.join(folder, 'compose.prod.yaml'), COMPOSE);
    writeFileSync(path.join(folder, '.env.production'), 'PUBLIC_URL=https://localhost\n', { mode: 0o640 });
    answerWith(0);
    for (const name of names) {
      const once = name === 'refusing' ? 'exit 1' : 'exit 0';
      const otherwise = name === 'broken' ? 'echo this one is broken; exit 1' : 'exec sleep infinity';
      const script = `case "$1" in migrate|check-config) ${once};; esac; ${otherwise}`;
      const entry = JSON.stringify(['sh', '-c', script, name]);
      const tag = `${runName}:vm-${name}`;
      const input = `FROM node:24-trixie-slim\nLABEL name=${name}\nENTRYPOINT ${entry}\nCMD ["api"]\n`;
      await docker(['build', '--quiet', '--tag', tag, '-'], { input });
      ids.set(name, await docker(['image', 'inspect', '--format', '{{.Id}}', tag]));
    }
    await compose('up', '--detach', '--scale', 'api=2', 'proxy', 'api', 'worker', 'scheduler');
  });
  after(async () => {
    await compose('down', '--volumes', '--timeout', '1').catch(() => {});
    rmSync(folder, { recursive: true, force: true });
    await run('docker', ['image', 'rm', '--force', ...names.map((name) => `${runName}:vm-${name}`)]);
  });

  /** What curl says in the proxy, as its exit status: whether the API is reached. */
  function answerWith(status: number): void {
    writeFileSync(path.join(folder, 'curl'), `#!/bin/sh\nexit ${status}\n`, { mode: 0o755 });
  }

  function compose(...args: string[]): Promise<string> {
    const env = { COMPOSE_PROJECT_NAME: project, LMS_IMAGE: ids.get('first') ?? '' };
    return docker(['compose', '-f', 'compose.prod.yaml', ...args], { cwd: folder, env });
  }

  async function deploy(what: string, patience = '60') {
    const env = { COMPOSE_PROJECT_NAME: project, LMS_PATIENCE: patience };
    return run(path.join(folder, 'deploy/vm/deploy'), [what], { cwd: folder, env });
  }

  async function deployed(name: Name, patience?: string) {
    const { status, stderr } = await deploy(ids.get(name) ?? '', patience);
    return { status, stderr };
  }

  /** Which image runs how often, by our names. */
  async function runs(): Promise<string[]> {
    const shown = await docker([
      'ps',
      '--filter',
      `label=com.docker.compose.project=${project}`,
      '--format',
      '{{.Label "com.docker.compose.service"}} {{.ID}}',
      '--no-trunc',
    ]);
    const found: string[] = [];
    for (const line of shown.split('\n')) {
      const [service = '', id = ''] = line.split(' ');
      if (service === 'proxy') continue;
      const image = await docker(['inspect', '--format', '{{.Image}}', id]);
      found.push(`${service} ${names.find((name) => ids.get(name) === image)}`);
    }
    return found.toSorted();
  }

  const all = (name: Name) => [`api ${name}`, `api ${name}`, `scheduler ${name}`, `worker ${name}`];

  test('an image by its tag, one that is not here, and going back before anything was deployed are refused', async () => {
    for (const what of [
      `${runName}:vm-second`,
      `sha256:${'0'.repeat(64)}`,
      '--back',
      'lms.example.com/lms@sha256:0',
    ]) {
      const { status, stderr } = await deploy(what);
      assert.equal(status, 2, stderr);
    }
    assert.deepEqual(await runs(), all('first'));
  });

  test('a new image takes the place of the old one, is noted, and stays after docker compose up', async () => {
    const { status, stderr } = await deployed('second');
    assert.equal(status, 0, stderr);
    assert.equal(stderr.match(/replaced one api/g)?.length, 2);
    assert.deepEqual(await runs(), all('second'));
    const settings = readFileSync(path.join(folder, '.env.production'), 'utf8');
    assert.equal(settings, `PUBLIC_URL=https://localhost\nLMS_IMAGE=${ids.get('second')}\n`);
  });

  test('an image that does not become healthy is taken back by itself', async () => {
    const { status, stderr } = await deployed('broken');
    assert.equal(status, 1, stderr);
    assert.match(stderr, /this one is broken[^]*what ran before runs/);
    assert.deepEqual(await runs(), all('second'));
  });

  test('an image that does not take the settings changes nothing', async () => {
    const { status, stderr } = await deployed('refusing');
    assert.equal(status, 1, stderr);
    assert.match(stderr, /does not take the settings; nothing was changed/);
    assert.deepEqual(await runs(), all('second'));
  });

  test('what was deployed before the last two is removed, and nothing else', async () => {
    const { status, stderr } = await deployed('third');
    assert.equal(status, 0, stderr);
    const here = async (name: Name) =>
      (await run('docker', ['image', 'inspect', ids.get(name) ?? ''])).status === 0;
    assert.deepEqual([await here('first'), await here('second'), await here('broken')], [false, true, true]);
  });

  test('an image that is healthy and not reached through the proxy is taken back; --back goes to the one before', async () => {
    answerWith(1);
    const { status, stderr } = await deployed('second', '5');
    assert.equal(status, 3, stderr);
    assert.match(stderr, /is not reached, and what ran before is not reached/);
    assert.deepEqual(await runs(), all('third'));
    answerWith(0);
    const back = await deploy('--back');
    assert.equal(back.status, 0, back.stderr);
    assert.deepEqual(await runs(), all('second'));
  });

  test('an image is pulled from its registry by its digest; one that cannot be had changes nothing', async (t) => {
    const registry = await startRegistry(t);
    const repository = `${registry.address}/lms`;
    await docker(['build', '--quiet', '--tag', `${repository}:pushed`, '-'], { input: SMALL });
    await docker(['push', '--quiet', `${repository}:pushed`]);
    await docker(['image', 'rm', `${repository}:pushed`]);
    const absent = await deploy(`${repository}@sha256:${'0'.repeat(64)}`);
    assert.equal(absent.status, 1, absent.stderr);
    assert.match(absent.stderr, /could not be pulled; nothing was changed/);
    assert.deepEqual(await runs(), all('second'));
    const wanted = `${repository}@${registry.digestOf('pushed')}`;
    const { status, stderr } = await deploy(wanted);
    t.after(async () => {
      await compose('down', '--volumes', '--timeout', '1');
      await run('docker', ['image', 'rm', '--force', wanted]);
    });
    assert.equal(status, 0, stderr);
    assert.ok(registry.pulled.includes(registry.digestOf('pushed')));
    const [api = ''] = (await compose('ps', '--quiet', 'api')).split('\n');
    assert.equal(await docker(['inspect', '--format', '{{.Config.Image}}', api]), wanted);
    assert.match(
      readFileSync(path.join(folder, '.env.production'), 'utf8'),
      new RegExp(`^LMS_IMAGE=${wanted}$`, 'm'),
    );
  });
});
