import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, suite, test } from 'node:test';
import { EmbeddedPostgresError, type EmbeddedPostgresOptions } from './embedded-postgres.ts';
import {
  IS_ROOT,
  makeSharedFolder,
  NEEDS_ROOT,
  testPlace,
  type SharedFolder,
  type Place,
} from './embedded-testing.ts';

async function refusal(place: Place, options: Partial<EmbeddedPostgresOptions>): Promise<string> {
  let code = 'none';
  await assert.rejects(place.start(options), (error) => {
    assert.ok(error instanceof EmbeddedPostgresError, String(error));
    assert.match(error.message, /^[^\n]{20,400}$/, 'one line');
    assert.match(error.message, /set DATA_DIR|set DATABASE_URL/, 'it says what to do');
    code = error.code;
    return true;
  });
  return code;
}

/** A disk of `sizeMb` at a folder of the place, gone with it. */
function mountDisk(place: Place, sizeMb: number): string {
  const folder = path.join(place.dataDir, 'disk');
  mkdirSync(folder);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0755`, 'tmpfs', folder]);
  assert.equal(mounted.status, 0, String(mounted.stderr));
  place.atEnd(() => spawnSync('umount', [folder]));
  return folder;
}

suite('a start that cannot be', () => {
  let shared: SharedFolder;
  before(async () => void (shared = await makeSharedFolder()));
  after(() => shared.remove());

  test('without the npm package it says so', async (t) => {
    assert.equal(await refusal(testPlace(t), { packageName: 'no-such-postgres' }), 'not_installed');
  });

  test('a folder made by another major version is left alone', async (t) => {
    const place = testPlace(t, shared);
    const file = path.join(place.dataDir, 'cluster', 'PG_VERSION');
    const version = readFileSync(file, 'utf8');
    place.atEnd(() => writeFileSync(file, version));
    writeFileSync(file, '15\n');
    assert.equal(await refusal(place, {}), 'version_mismatch');
  });

  test('a server setting that does not exist is named', async (t) => {
    const place = testPlace(t, shared);
    await assert.rejects(place.start({ settings: { no_such_setting: '1' } }), /no_such_setting/);
    assert.equal(await refusal(place, { settings: { no_such_setting: '1' } }), 'start_failed');
    await assert.doesNotReject(place.start(), 'the folder is free again');
  });

  test('a folder that may not be written', { skip: IS_ROOT && 'root may write everywhere' }, async (t) => {
    const place = testPlace(t);
    chmodSync(place.dataDir, 0o500);
    place.atEnd(() => chmodSync(place.dataDir, 0o700));
    assert.equal(await refusal(place, {}), 'read_only');
    assert.equal(await refusal(place, { dataDir: path.join(place.dataDir, 'new') }), 'read_only');
  });

  test('a read-only disk', { skip: NEEDS_ROOT }, async (t) => {
    const place = testPlace(t);
    const dataDir = mountDisk(place, 150);
    const database = await place.start({ dataDir });
    await database.stop();
    assert.equal(spawnSync('mount', ['-o', 'remount,ro', dataDir]).status, 0);
    assert.equal(await refusal(place, { dataDir }), 'read_only');
    assert.equal(await refusal(place, { dataDir: path.join(dataDir, 'new') }), 'read_only');
  });

  test('a disk that is full at the first start or at a later one', { skip: NEEDS_ROOT }, async (t) => {
    const place = testPlace(t);
    const dataDir = mountDisk(place, 20);
    assert.equal(await refusal(place, { dataDir }), 'disk_full');
    assert.equal(spawnSync('mount', ['-o', 'remount,size=150m', dataDir]).status, 0);
    const database = await place.start({ dataDir });
    await database.stop();
    spawnSync('dd', ['if=/dev/zero', `of=${path.join(dataDir, 'ballast')}`, 'bs=1M']);
    assert.equal(await refusal(place, { dataDir }), 'disk_full');
  });
});
