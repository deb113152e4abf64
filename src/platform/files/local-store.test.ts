import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { after, before, suite, test, type TestContext } from 'node:test';
import { AppError } from '#platform/errors.ts';
import { createLogger } from '#platform/log.ts';
import type { FileStore } from './file-store.ts';
import { pathOfKey } from './local-paths.ts';
import { createLocalStore } from './local-store.ts';
import { newKey, sourceOf, testContract } from './store-contract-testing.ts';

const options = { contentType: 'text/plain' };

suite('files below a folder', () => {
  let parent = '';
  let folder = '';
  let store: FileStore;
  const lines: string[] = [];
  const log = createLogger({
    level: 'warn',
    service: 'test',
    version: 'test',
    destination: { write: (line) => void lines.push(line) },
  });
  const openAt = (place: string) => createLocalStore({ folder: place, log });
  before(() => {
    parent = mkdtempSync(path.join(tmpdir(), 'lms-files-'));
    folder = path.join(parent, 'data', 'uploads');
    store = openAt(folder);
  });
  after(() => rmSync(parent, { recursive: true }));

  testContract(() => store);

  test('nobody else can read them, and nothing is left of what failed', () => {
    const drafts = path.join(folder, '_drafts');
    assert.deepEqual(readdirSync(drafts), []);
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      const { mode } = statSync(path.join(folder, name));
      assert.equal(mode & 0o077, 0, name);
    }
  });

  test('asked before anything was stored, it has nothing, and makes no folder', async () => {
    const empty = openAt(path.join(parent, 'empty'));
    assert.equal(await empty.find(newKey()), undefined);
    assert.deepEqual(await Array.fromAsync(empty.list('files/')), []);
    await empty.remove(newKey());
    assert.equal(readdirSync(parent).includes('empty'), false);
  });

  test('it gives no addresses: bytes go through the API', async () => {
    assert.equal(await store.uploadUrl(newKey(), { ...options, expiresInSeconds: 60 }), null);
    const download = { ...options, fileName: 'x', disposition: 'inline' as const, expiresInSeconds: 60 };
    assert.equal(await store.downloadUrl(newKey(), download), null);
  });

  test('it may be a link to another disk; links below it are not followed', async () => {
    const target = path.join(parent, 'disk');
    mkdirSync(target);
    symlinkSync(target, path.join(parent, 'link'));
    const linked = openAt(path.join(parent, 'link'));
    const key = newKey();
    await linked.put(key, sourceOf('x'), options);
    assert.equal((await buffer(await linked.read(key))).toString(), 'x');

    const outside = path.join(parent, 'outside');
    mkdirSync(outside);
    writeFileSync(path.join(outside, 'secret'), 'secret');
    const escaping = 'files/secret';
    mkdirSync(path.join(target, 'files'), { recursive: true });
    rmSync(path.join(target, path.dirname(pathOfKey(escaping))), { recursive: true, force: true });
    symlinkSync(outside, path.join(target, path.dirname(pathOfKey(escaping))));
    for (const attempt of [
      () => linked.read(escaping),
      () => linked.find(escaping),
      () => linked.remove(escaping),
      () => linked.put(escaping, sourceOf('x'), options),
    ])
      await assert.rejects(attempt, { status: 503 });
    assert.deepEqual(readdirSync(outside), ['secret']);
    assert.deepEqual(
      (await Array.fromAsync(linked.list('files/'))).map((file) => file.key),
      [key],
    );

    const place = path.join(target, pathOfKey('files/itself'));
    mkdirSync(path.dirname(place), { recursive: true });
    symlinkSync(path.join(outside, 'secret'), place);
    await assert.rejects(() => linked.read('files/itself'), { status: 503 });
    assert.match(lines.join(''), /links are not followed below it/);
  });

  test('a draft of a process that was killed is removed after a day, one that is being written is not', async () => {
    const place = path.join(parent, 'killed');
    mkdirSync(path.join(place, '_drafts'), { recursive: true });
    const [old, young] = ['old', 'young'].map((name) => path.join(place, '_drafts', name));
    for (const file of [old, young]) writeFileSync(file!, 'half');
    const yesterday = Date.now() / 1000 - 25 * 60 * 60;
    utimesSync(old!, yesterday, yesterday);
    await openAt(place).put(newKey(), sourceOf('x'), options);
    assert.deepEqual(readdirSync(path.join(place, '_drafts')), ['young']);
  });

  test('a folder that cannot be used is 503 for the client, and the log says what to do', async () => {
    const place = path.join(parent, 'taken');
    writeFileSync(place, 'a file');
    const taken = openAt(path.join(place, 'uploads'));
    const isUnavailable = (error: unknown) => error instanceof AppError && error.status === 503;
    await assert.rejects(taken.put(newKey(), sourceOf('x'), options), isUnavailable);
    await assert.rejects(taken.check(), isUnavailable);
    assert.match(lines.join(''), /a file stands where a folder should be/);
  });

  const isRoot = process.getuid?.() === 0;
  const noDisk = !isRoot && 'only root may mount a disk';
  /** A disk of one megabyte, which the file system says is full when it is. */
  const mountDisk = (t: TestContext) => {
    const disk = mkdtempSync(path.join(parent, 'disk-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0755', 'tmpfs', disk]);
    assert.equal(mounted.status, 0, String(mounted.stderr));
    t.after(() => spawnSync('umount', ['-l', disk]));
    return disk;
  };

  test(
    'a full disk is 507, leaves no half file, and is used again when there is room',
    { skip: noDisk },
    async (t) => {
      const disk = openAt(mountDisk(t));
      const kept = newKey();
      await disk.put(kept, sourceOf(Buffer.alloc(600_000)), options);
      const refused = newKey();
      const isFull = { status: 507, code: 'insufficient_storage' };
      const chunks = Array.from({ length: 10 }, () => Buffer.alloc(100_000));
      await assert.rejects(disk.put(refused, sourceOf(...chunks), options), isFull);
      assert.equal(await disk.find(refused), undefined);
      assert.deepEqual(
        (await Array.fromAsync(disk.list('files/'))).map(({ key }) => key),
        [kept],
      );
      await disk.put(newKey(), sourceOf(Buffer.alloc(300_000)), options);
      await disk.check();
      await disk.put(newKey(), sourceOf(Buffer.alloc(143_000)), options);
      await assert.rejects(disk.check(), isFull);
      assert.match(lines.join(''), /no room left in UPLOADS_DIR/);
      await disk.remove(kept);
      await disk.put(refused, sourceOf(Buffer.alloc(500_000)), options);
      await disk.check();
    },
  );

  test('a disk that became read-only is 503; what is on it can be read', { skip: noDisk }, async (t) => {
    const place = mountDisk(t);
    const disk = openAt(place);
    const key = newKey();
    await disk.put(key, sourceOf('kept'), options);
    assert.equal(spawnSync('mount', ['-o', 'remount,ro', place]).status, 0);
    await assert.rejects(disk.put(newKey(), sourceOf('x'), options), { status: 503 });
    await assert.rejects(disk.check(), { status: 503 });
    assert.equal((await buffer(await disk.read(key))).toString(), 'kept');
    assert.match(lines.join(''), /mounted read-only/);
  });

  test(
    'a folder of another user, too',
    { skip: isRoot && 'root may write everywhere; it runs for other users' },
    async () => {
      const place = path.join(parent, 'foreign');
      mkdirSync(place);
      chmodSync(place, 0o500);
      await assert.rejects(openAt(place).put(newKey(), sourceOf('x'), options), { status: 503 });
      assert.match(lines.join(''), /let the user that the program runs as read and write it/);
      chmodSync(place, 0o700);
    },
  );
});
