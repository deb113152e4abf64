import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { pack } from 'tar-stream';
import { archiveFormat, type Manifest } from './archive.ts';
import { BackupError } from './backup-error.ts';
import { readArchive } from './read-archive.ts';
import { writeArchive, type ArchiveEntries } from './write-archive.ts';

const longName = `stored/files/${'a'.repeat(180)}`;

async function addManifest(entries: ArchiveEntries, change: Partial<Manifest> = {}): Promise<void> {
  const manifest: Manifest = {
    format: archiveFormat,
    takenAt: '2026-11-25T01:17:00.000Z',
    version: '1.0.0',
    database: { kind: 'dump', postgres: 17, migrations: [], rows: {} },
    stored: { count: 0, sizeBytes: 0 },
    entries: await entries.sum(),
    encryptionKeyMark: '',
    ...change,
  };
  await entries.addText('manifest.json', JSON.stringify(manifest));
}

/** A tar of whatever entries, made past the writer. */
async function* tarOf(entries: readonly (readonly [string, string])[]): AsyncGenerator<Buffer> {
  const stream = pack();
  for (const [name, text] of entries) stream.entry({ name }, text);
  stream.finalize();
  for await (const chunk of stream) yield chunk as Buffer;
}

async function entriesOf(plain: AsyncIterable<Buffer>): Promise<[string, string][]> {
  const found: [string, string][] = [];
  const { extract } = await import('tar-stream');
  const untar = extract();
  void (async () => {
    for await (const chunk of plain) untar.write(chunk);
    untar.end(null);
  })();
  for await (const entry of untar) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry as AsyncIterable<Buffer>) chunks.push(chunk);
    found.push([entry.header.name, Buffer.concat(chunks).toString('latin1')]);
  }
  return found;
}

suite('archives', () => {
  test('what was added comes out in its order, with names of any length', async () => {
    const large = randomBytes(3_000_000);
    const written = writeArchive(async (entries) => {
      await entries.addFolder('cluster/pg_wal/');
      await entries.add(longName, large.length, [large.subarray(0, 10), large.subarray(10)]);
      await entries.add('database/00000001', 0, []);
      await addManifest(entries);
    });
    const seen: string[] = [];
    const manifest = await readArchive(written, {
      async folder(name) {
        seen.push(name);
      },
      async file(name, content) {
        const chunks: Buffer[] = [];
        for await (const chunk of content) chunks.push(chunk);
        seen.push(name);
        if (name === longName) assert.ok(Buffer.concat(chunks).equals(large));
      },
    });
    assert.deepEqual(seen, ['cluster/pg_wal/', longName, 'database/00000001']);
    assert.deepEqual([manifest.entries.count, manifest.entries.sizeBytes], [2, large.length]);
  });

  test('thousands of entries have their checksums written between them, none held to the end', async () => {
    const written = writeArchive(async (entries) => {
      for (let index = 0; index < 2_500; index += 1)
        await entries.addText(`stored/files/${index}`, `${index}`);
      await addManifest(entries);
    });
    const names = (await entriesOf(written)).map(([name]) => name);
    const places = names.flatMap((name, at) => (name.startsWith('checksums/') ? [at] : []));
    assert.deepEqual(places, [1_000, 2_001, 2_502]);
  });

  test('an entry that was changed, left out, added, moved, or has no manifest behind it is refused', async () => {
    const whole = await entriesOf(
      writeArchive(async (entries) => {
        for (const name of ['stored/files/a', 'stored/files/b', 'stored/files/c'])
          await entries.addText(name, `the text of ${name}`);
        await addManifest(entries);
      }),
    );
    assert.equal((await readArchive(tarOf(whole))).entries.count, 3);
    const [a, b, c, sums, manifest] = whole;
    const wrong = [
      [['stored/files/a', 'something else'], b, c, sums, manifest],
      [['stored/files/x', a![1]], b, c, sums, manifest],
      [a, c, sums, manifest],
      [a, b, c, ['stored/files/d', 'd'], sums, manifest],
      [b, a, c, sums, manifest],
      [a, b, c, manifest],
      [a, b, c, sums],
      [a, b, c, sums, manifest, ['stored/files/d', 'd']],
      [a, b, c, sums, ['manifest.json', manifest![1].replace(`"format":${archiveFormat}`, '"format":99')]],
    ] as (readonly [string, string])[][];
    for (const [index, entries] of wrong.entries())
      await assert.rejects(readArchive(tarOf(entries)), BackupError, `the one of number ${index}`);
  });

  test('a file that is not as long as it was said fails the archive, and so does whatever fills it', async () => {
    const read = async (content: string, size: number) => {
      const written = writeArchive((entries) => entries.add('stored/files/a', size, [Buffer.from(content)]));
      for await (const _chunk of written);
    };
    await assert.rejects(read('abc', 4), /changed its size/);
    await assert.rejects(read('abc', 2), /changed its size/);
    const failing = writeArchive(async () => {
      throw new Error('the store is away');
    });
    await assert.rejects(Array.fromAsync(failing), /the store is away/);
  });

  test('a reader that stops ends what fills the archive', async () => {
    let signal: AbortSignal | undefined;
    const written = writeArchive(async (entries, stopped) => {
      signal = stopped;
      for (let index = 0; ; index += 1)
        await entries.add(`stored/files/${index}`, 100_000, [randomBytes(100_000)]);
    });
    for await (const _chunk of written) break;
    assert.ok(signal?.aborted);
  });
});
