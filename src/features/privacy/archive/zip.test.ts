import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { suite, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { unzipSync } from 'fflate';
import { writeZip, type Zip } from './zip.ts';

const at = new Date('2026-03-01T12:00:00Z');
const chunk = Buffer.alloc(65_536, 'abcdefgh');

suite('writing a ZIP archive', () => {
  test('what is added is in it as it was, in any script, packed or not', async () => {
    const bytes = await buffer(
      Readable.from(
        writeZip(async (zip) => {
          await zip.add('README.txt', ['one ', 'two'], at);
          await zip.add('files/ünï 文.bin', [chunk, chunk], at, 2 * chunk.length);
          await zip.add('data/empty.json', [], at);
        }),
      ),
    );
    const files = unzipSync(new Uint8Array(bytes));
    assert.deepEqual(Object.keys(files), ['README.txt', 'files/ünï 文.bin', 'data/empty.json']);
    assert.equal(Buffer.from(files['README.txt'] ?? []).toString(), 'one two');
    assert.deepEqual(Buffer.from(files['files/ünï 文.bin'] ?? []), Buffer.concat([chunk, chunk]));
  });

  test('nothing is read faster than the archive is', async () => {
    let read = 0;
    async function* endless() {
      for (; read < 2_000; read += 1) yield chunk;
    }
    const bytes = writeZip((zip) => zip.add('large', endless(), at, 2_000 * chunk.length));
    await bytes.next();
    for (let turns = 0; turns < 50; turns += 1) await turn();
    assert.ok(read < 20, `${read} chunks were read ahead`);
    await bytes.return(undefined);
  });

  test('a file that cannot be read ends it with that error, and so does whoever stops it', async () => {
    async function* broken() {
      yield chunk;
      throw new Error('The disk is on fire.');
    }
    await assert.rejects(buffer(Readable.from(writeZip((zip) => zip.add('x', broken(), at)))), /on fire/);
    const stopping = async (zip: Zip) => {
      await zip.add('x', [chunk], at);
      throw new Error('Enough.');
    };
    await assert.rejects(buffer(Readable.from(writeZip(stopping))), /Enough/);
  });

  test('where it is not read to its end, what fills it hears of it', async () => {
    let heard: unknown;
    async function* endless() {
      for (;;) yield chunk;
    }
    const bytes = writeZip(async (zip, signal) => {
      await zip.add('x', endless(), at, 1).catch((error: unknown) => void (heard = error));
      assert.ok(signal.aborted);
    });
    await bytes.next();
    await bytes.return(undefined);
    assert.ok(heard instanceof Error);
  });

  test('a name that leads out of the archive is refused', async () => {
    for (const name of ['../x', '/x', 'a/../../x', 'a\\..\\x'])
      await assert.rejects(buffer(Readable.from(writeZip((zip) => zip.add(name, ['x'], at)))));
  });
});
