import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { buffer } from 'node:stream/consumers';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { FileMissingError, type FileStore } from './file-store.ts';

const MiB = 1024 * 1024;
const options = { contentType: 'application/octet-stream' };
export const newKey = () => `files/${randomUUID()}`;
export const sourceOf = (...chunks: (Buffer | string)[]) =>
  Readable.from(chunks.map((chunk) => Buffer.from(chunk)));

/** What every store promises, as tests; each runs in a suite that has opened one. */
export function testContract(store: () => FileStore, largeMiB = 300): void {
  const put = (key: string, ...chunks: (Buffer | string)[]) => store().put(key, sourceOf(...chunks), options);
  const contentOf = async (key: string, range?: { start: number; end: number }) =>
    buffer(await store().read(key, range));
  const listed = async (prefix: string) =>
    (await Array.fromAsync(store().list(prefix))).map(({ key }) => key).toSorted();

  test('gives back what was put, and says how long it is and what its hash is', async () => {
    const key = newKey();
    const content = randomBytes(9 * MiB + 17);
    const stored = await put(
      key,
      content.subarray(0, 5),
      content.subarray(5, 6 * MiB),
      content.subarray(6 * MiB),
    );
    assert.equal(stored.sizeBytes, content.length);
    assert.deepEqual(stored.sha256, createHash('sha256').update(content).digest());
    assert.ok((await contentOf(key)).equals(content));
    const found = await store().find(key);
    assert.equal(found?.sizeBytes, content.length);
    assert.ok(Math.abs(Date.now() - found.modifiedAt.getTime()) < 60_000);
  });

  test('keeps an empty file, and one that ends where a block ends', async () => {
    for (const length of [0, 1, 4 * MiB, 8 * MiB]) {
      const key = newKey();
      assert.equal((await put(key, Buffer.alloc(length, 1))).sizeBytes, length);
      assert.equal((await contentOf(key)).length, length);
    }
  });

  test('gives ranges, both ends inclusive', async () => {
    const key = newKey();
    await put(key, '0123456789');
    assert.equal((await contentOf(key, { start: 0, end: 0 })).toString(), '0');
    assert.equal((await contentOf(key, { start: 3, end: 6 })).toString(), '3456');
    assert.equal((await contentOf(key, { start: 9, end: 9 })).toString(), '9');
  });

  test('says of what is missing that it is, and removes it all the same', async () => {
    const key = newKey();
    await assert.rejects(store().read(key), FileMissingError);
    assert.equal(await store().find(key), undefined);
    await store().remove(key);
    await put(key, 'x');
    await store().remove(key);
    await store().remove(key);
    await assert.rejects(store().read(key), FileMissingError);
  });

  test('replaces the whole of what was there', async () => {
    const key = newKey();
    await put(key, Buffer.alloc(5 * MiB, 1));
    await put(key, 'short');
    assert.equal((await contentOf(key)).toString(), 'short');
  });

  /** Puts a source, expects the failure, and nothing new under the key. */
  const leavesNothing = async (source: Readable, expected: RegExp, signal?: AbortSignal) => {
    const key = `files/broken/${randomUUID()}`;
    await assert.rejects(store().put(key, source, { ...options, ...(signal && { signal }) }), expected);
    assert.equal(await store().find(key), undefined);
    assert.ok(source.destroyed);
  };
  const failing = (length: number) =>
    Readable.from(
      (async function* () {
        yield Buffer.alloc(length);
        throw new Error('the scanner refused it');
      })(),
    );

  test('keeps nothing of a source that fails, and throws its error', async () => {
    await leavesNothing(failing(10), /the scanner refused it/);
    await leavesNothing(failing(9 * MiB), /the scanner refused it/);
    const dead = sourceOf('x').destroy(new Error('dead before'));
    await leavesNothing(dead, /dead before/);
  });

  test('keeps nothing of a source that closes before its end, as one of a client that went away', async () => {
    const source = new PassThrough();
    source.write(Buffer.alloc(5 * MiB));
    setTimeout(() => source.destroy(), 20);
    await leavesNothing(source, /premature|closed|abort/i);
  });

  test('keeps nothing of what is aborted in the middle, and throws the reason', async () => {
    for (const length of [10, 5 * MiB]) {
      const aborting = new AbortController();
      const source = new PassThrough();
      source.write(Buffer.alloc(length));
      setTimeout(() => aborting.abort(new Error('too large')), 20);
      await leavesNothing(source, /too large/, aborting.signal);
    }
    await leavesNothing(sourceOf('x'), /gone/, AbortSignal.abort(new Error('gone')));
    assert.deepEqual(await listed('files/broken/'), []);
  });

  test('keeps what was there where its replacement fails', async () => {
    const key = newKey();
    await put(key, 'first');
    await assert.rejects(store().put(key, failing(5 * MiB), options));
    assert.equal((await contentOf(key)).toString(), 'first');
  });

  test('of two that put the same key at once, one whole file comes out', async () => {
    const key = newKey();
    const contents = [Buffer.alloc(5 * MiB, 'a'), Buffer.alloc(6 * MiB, 'b')];
    const outcomes = await Promise.allSettled(contents.map((content) => put(key, content)));
    assert.ok(outcomes.some(({ status }) => status === 'fulfilled'));
    const kept = await contentOf(key);
    assert.ok(contents.some((content) => content.equals(kept)));
  });

  test('lists what lies below a prefix, and only that', async () => {
    const folder = randomUUID();
    const keys = [`${folder}/a`, `${folder}/b.pdf`, `${folder}/c/d.webp`, `${folder}x/e`];
    for (const key of keys) await put(key, key);
    assert.deepEqual(await listed(`${folder}/`), keys.slice(0, 3));
    assert.deepEqual(await listed(`${folder}/c/`), [`${folder}/c/d.webp`]);
    assert.deepEqual(await listed(`${randomUUID()}/`), []);
    for await (const file of store().list(`${folder}/`)) {
      assert.equal(file.sizeBytes, file.key.length);
      assert.ok(Math.abs(Date.now() - file.modifiedAt.getTime()) < 60_000);
    }
  });

  test('refuses what is no key, whoever asks', async () => {
    const odd = [
      '',
      '/',
      'a/',
      '/a',
      '../a',
      'a/../b',
      'a/./b',
      'a//b',
      '.a',
      'A',
      'a b',
      'a\0',
      'a\\b',
      'ä',
      'a.PDF',
    ];
    for (const key of [
      ...odd,
      'a'.repeat(201),
      'C:/a',
      '~a',
      '%2e%2e/a',
      '_drafts/a',
      'a?b',
      'a#b',
      'a/.b',
    ]) {
      const source = sourceOf('x');
      await assert.rejects(async () => store().put(key, source, options), TypeError, key);
      await assert.rejects(async () => store().read(key), TypeError, key);
      await assert.rejects(async () => store().find(key), TypeError, key);
      await assert.rejects(async () => store().remove(key), TypeError, key);
      await assert.rejects(async () => listed(`${key}/`), TypeError, key);
      const address = { contentType: 'text/plain', expiresInSeconds: 60 };
      await assert.rejects(async () => store().uploadUrl(key, address), TypeError, key);
      const download = { ...address, fileName: 'x', disposition: 'inline' as const };
      await assert.rejects(async () => store().downloadUrl(key, download), TypeError, key);
    }
    await assert.rejects(async () => listed('files'), TypeError);
    await assert.rejects(async () => listed(''), TypeError);
  });

  test(`${largeMiB} MiB pass both ways without being held`, async () => {
    const key = newKey();
    const chunk = randomBytes(64 * 1024);
    const chunkCount = largeMiB * 16;
    const base = memoryHeld();
    let highestBytes = 0;
    /** Passes them on, and looks at the memory every 16 MiB. */
    const watched = async function* (chunks: AsyncIterable<Buffer> | Iterable<Buffer>) {
      let seen = 0;
      for await (const part of chunks) {
        if ((seen += part.length) >= 16 * MiB) {
          highestBytes = Math.max(highestBytes, memoryHeld() - base);
          seen = 0;
        }
        yield part;
      }
    };
    const source = Readable.from(watched(Array.from({ length: chunkCount }, () => chunk)));
    const { sizeBytes, sha256 } = await store().put(key, source, options);
    assert.equal(sizeBytes, chunkCount * chunk.length);
    const hash = createHash('sha256');
    for await (const part of watched(await store().read(key))) hash.update(part);
    assert.ok(hash.digest().equals(sha256));
    await store().remove(key);
    assert.ok(highestBytes < 40 * MiB, `${Math.round(highestBytes / MiB)} MiB`);
  });

  test('is ready', async () => {
    await store().check();
  });

  test('a reader that stops early leaves nothing open', async () => {
    const key = newKey();
    await put(key, Buffer.alloc(6 * MiB));
    const stream = await store().read(key);
    for await (const _part of stream) break;
    while (!stream.closed) await sleep(5);
    await store().remove(key);
  });
}

/** What is still needed: the collector has run before. */
function memoryHeld(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
