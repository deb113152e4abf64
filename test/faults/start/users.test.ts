import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
import { createClient } from '#test/client.ts';
import { mainFile, runCommand, startProgram, type ProgramOptions } from '#test/program.ts';

const nobody = 65_534;
const account = { email: 'zoe@example.com', password: 'a-phrase-for-everyone' };
const name = 'Zoë 王小明';

/** A home that only its owner may enter, with the project in it as `npm ci` leaves it. Root's `mount` saves a copy. */
function makeHome(t: TestContext, uid: number): ProgramOptions & { folder: string } {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'lms-home-')));
  const root = path.join(mainFile, '..', '..');
  const project = path.join(folder, 'project');
  for (const part of ['src', 'migrations', 'package.json'])
    cpSync(path.join(root, part), path.join(project, part), { recursive: true });
  const modules = path.join(project, 'node_modules');
  mkdirSync(modules);
  t.after(() => {
    spawnSync('umount', ['-l', modules]);
    rmSync(folder, { recursive: true, force: true });
  });
  const mounted = spawnSync('mount', ['--bind', path.join(root, 'node_modules'), modules]);
  assert.equal(mounted.status, 0, String(mounted.stderr));
  for (const entry of [folder, project]) chownSync(entry, uid, uid);
  chmodSync(folder, 0o700);
  return {
    folder,
    main: path.join(project, 'src', 'main.ts'),
    node: path.join(modules, 'node', 'bin', 'node'),
    cwd: project,
    env: { DATA_DIR: path.join(project, '.data'), TMPDIR: tmpdir() },
  };
}

/** A person made on the command line signs in over HTTP, before and after a restart. */
async function prove(t: TestContext, options: ProgramOptions): Promise<void> {
  const made = await runCommand(t, ['admin', 'create', `--email=${account.email}`, `--name=${name}`], {
    ...options,
    input: `${account.password}\n`,
  });
  assert.equal(made.code, 0, made.stderr);
  for (let start = 0; start < 2; start += 1) {
    const program = await startProgram(t, ['all'], options);
    const { body } = await createClient(program.baseUrl).post('/auth/login', account);
    assert.equal(body.user.name, name);
    assert.equal(await program.stop('SIGINT'), 0);
    assert.equal(program.stderr(), '');
  }
}

suite(
  'who starts it',
  { skip: process.getuid?.() !== 0 && 'only root may run programs as another user' },
  () => {
    test('root below a home of mode 0700, with LC_ALL=C', async (t) => {
      const { env, ...home } = makeHome(t, 0);
      await prove(t, { ...home, env: { ...env, LC_ALL: 'C' } });
    });

    test('another user in a home of mode 0700; compiled code is kept where only that user can write', async (t) => {
      const { env, ...home } = makeHome(t, nobody);
      const prefix = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'];
      await prove(t, { ...home, prefix, env: { ...env, HOME: home.folder, LC_ALL: 'C' } });
      const cache = path.join(tmpdir(), `lms-compiled-${nobody}`);
      const { uid, mode } = lstatSync(cache);
      assert.deepEqual([uid, (mode & 0o777).toString(8)], [nobody, '700']);
      assert.ok(readdirSync(cache).length > 0);
    });
  },
);
