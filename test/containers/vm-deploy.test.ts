import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildImage, docker, noEngine, root, run, runName } from './docker.ts';
import { startStack, type Stack } from './stack.ts';

const names = {
  first: `${runName}:vm-first`,
  second: `${runName}:vm-second`,
  third: `${runName}:vm-third`,
  broken: `${runName}:vm-broken`,
  refusing: `${runName}:vm-refusing`,
};

suite('deploying on a virtual machine', { skip: noEngine }, () => {
  let stack: Stack;
  let folder: string;
  const ids: Record<string, string> = {};
  before(async () => {
    await buildImage(names.first, { VERSION: '1.0.0' });
    const derive = async (tag: string, lines: string) =>
      docker(['build', '--quiet', '--tag', tag, '-'], { input: `FROM ${names.first}\n${lines}\n` });
    const entry = (script: string) => `ENTRYPOINT ${JSON.stringify(['sh', '-c', script, 'lms'])}`;
    await derive(names.second, 'ENV VERSION=2.0.0');
    await derive(names.third, 'ENV VERSION=3.0.0');
    // One migrates and then does not start; one does not even take the settings.
    const commands = 'migrate|check-config|health';
    await derive(
      names.broken,
      entry(`case "$1" in ${commands}) exec node src/main.ts "$@";; esac; echo this one is broken; exit 1`),
    );
    await derive(names.refusing, 'ENV SECRET_KEY_FILE=/nowhere DEBUG=true');
    for (const [name, tag] of Object.entries(names)) {
      ids[name] = await docker(['image', 'inspect', '--format', '{{.Id}}', tag]);
    }
    stack = await startStack({
      file: 'compose.prod.yaml',
      image: ids['first']!,
      settings: () => ({
        PUBLIC_URL: 'https://localhost',
        SMTP_HOST: '127.0.0.1',
        EMAIL_FROM: 'learn@lms.example.com',
      }),
      scale: { api: 2 },
    });
    // As on the machine: a folder with the compose files, in which what was deployed is noted.
    folder = mkdtempSync(path.join(tmpdir(), `${runName}-vm-`));
    for (const name of ['compose.prod.yaml', 'compose.services.yaml', 'deploy']) {
      symlinkSync(path.join(root, name), path.join(folder, name));
    }
  });
  after(async () => {
    await stack?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
    await run('docker', ['image', 'rm', '--force', ...Object.values(names)]);
  });

  async function deploy(what: string, more: Record<string, string> = {}) {
    const { LMS_IMAGE: _image, LMS_COMPOSE: _compose, ...env } = stack.env;
    return run('deploy/vm/deploy', [what], { env: { ...env, LMS_PATIENCE: '30', ...more }, cwd: folder });
  }

  /** Which image each service runs, by our names. */
  async function runs(): Promise<Record<string, string[]>> {
    const found: Record<string, string[]> = {};
    for (const service of ['api', 'worker', 'scheduler']) {
      const containers = await stack.containers(service);
      found[service] = containers.map(
        ({ Image }) => Object.keys(ids).find((name) => ids[name] === Image) ?? Image,
      );
    }
    return found;
  }

  /** Asks the API through the proxy without a pause, and tells how often it did not answer with 200. */
  async function failuresWhile(work: () => Promise<void>): Promise<{ asked: number; failed: number }> {
    const counts = { asked: 0, failed: 0 };
    const over = new AbortController();
    const asking = (async () => {
      while (!over.signal.aborted) {
        counts.asked += 1;
        const answer = await fetch(`${stack.baseUrl}/ready`).catch(() => undefined);
        if (answer?.status !== 200) counts.failed += 1;
        await answer?.body?.cancel();
        await sleep(20);
      }
    })();
    await work().finally(() => over.abort());
    await asking;
    return counts;
  }

  test('an image by its tag, one that is not here, and going back before anything was deployed are refused', async () => {
    for (const what of [names.second, `sha256:${'0'.repeat(64)}`, '--back', 'lms.example.com/lms@sha256:0']) {
      const { status, stderr } = await deploy(what);
      assert.equal(status, 2, stderr);
    }
    assert.deepEqual(await runs(), { api: ['first', 'first'], worker: ['first'], scheduler: ['first'] });
  });

  test('a new image takes the place of the old one without a failed request, and stays after docker compose up', async () => {
    const counts = await failuresWhile(async () => {
      const { status, stderr } = await deploy(ids['second']!);
      assert.equal(status, 0, stderr);
    });
    assert.ok(counts.asked > 50);
    assert.equal(counts.failed, 0);
    const all = { api: ['second', 'second'], worker: ['second'], scheduler: ['second'] };
    assert.deepEqual(await runs(), all);
    const settings = stack.env['LMS_ENV_FILE']!;
    assert.match(readFileSync(settings, 'utf8'), new RegExp(`^LMS_IMAGE=${ids['second']}$`, 'm'));
    const old = (await stack.containers('api')).map(({ Id }) => Id);
    const { LMS_IMAGE: _image, ...env } = stack.env;
    const up = ['compose', '--env-file', settings, 'up', '--detach', '--scale', 'api=2', 'api', 'worker'];
    const { status, stderr } = await run('docker', up, { env });
    assert.equal(status, 0, stderr);
    assert.deepEqual((await stack.containers('api')).map(({ Id }) => Id).toSorted(), old.toSorted());
  });

  test('an image that does not become healthy is taken back by itself, without a failed request', async () => {
    const counts = await failuresWhile(async () => {
      const { status, stderr } = await deploy(ids['broken']!);
      assert.equal(status, 1, stderr);
      assert.match(stderr, /this one is broken/);
      assert.match(stderr, /what ran before runs/);
    });
    assert.equal(counts.failed, 0);
    assert.deepEqual(await runs(), { api: ['second', 'second'], worker: ['second'], scheduler: ['second'] });
  });

  test('an image that does not take the settings changes nothing', async () => {
    const { status, stderr } = await deploy(ids['refusing']!);
    assert.equal(status, 1, stderr);
    assert.match(stderr, /does not take the settings; nothing was changed/);
    assert.deepEqual(await runs(), { api: ['second', 'second'], worker: ['second'], scheduler: ['second'] });
  });

  test('of two deployments at once, one is refused', async () => {
    const [one, other] = await Promise.all([
      deploy(ids['third']!),
      sleep(500).then(() => deploy(ids['third']!)),
    ]);
    assert.deepEqual([one.status, other.status], [0, 1], one.stderr);
    assert.match(other.stderr, /another deployment is under way/);
  });

  test('what was deployed before the last two is removed, and nothing else', async () => {
    const here = async (name: string) => (await run('docker', ['image', 'inspect', ids[name]!])).status === 0;
    assert.deepEqual(
      [await here('first'), await here('second'), await here('third'), await here('broken')],
      [false, true, true, true],
    );
  });

  test('--back goes to the image before', async () => {
    const { status, stderr } = await deploy('--back');
    assert.equal(status, 0, stderr);
    assert.deepEqual(await runs(), { api: ['second', 'second'], worker: ['second'], scheduler: ['second'] });
  });
});
