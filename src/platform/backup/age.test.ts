import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { suite, test } from 'node:test';
import { Decrypter, Encrypter } from 'age-encryption';
import { decrypt, encrypt } from './age.ts';
import { BackupError } from './backup-error.ts';

const key = 'a-key-of-a-backup-that-is-long-and-random-enough';
const chunk = 65_536;

async function* inPieces(bytes: Buffer, size = 10_007): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const sealed = (plain: Buffer) => buffer(encrypt(inPieces(plain), key, 4));
const opened = (bytes: Buffer, keys = [key]) => buffer(decrypt(inPieces(bytes), keys));

suite('the encryption of archives', () => {
  test('gives back what went in, whatever its length', async () => {
    for (const length of [0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk]) {
      const plain = randomBytes(length);
      assert.ok((await opened(await sealed(plain))).equals(plain), String(length));
    }
  });

  test('is the format of age: another program opens it, and what that one made is opened here', async () => {
    const plain = randomBytes(2 * chunk + 5);
    const theirs = new Decrypter();
    theirs.addPassphrase(key);
    const usual = await buffer(encrypt(inPieces(plain), key));
    assert.ok(Buffer.from(await theirs.decrypt(usual)).equals(plain));
    const other = new Encrypter();
    other.setPassphrase(key);
    other.setScryptWorkFactor(5);
    assert.ok((await opened(Buffer.from(await other.encrypt(plain)))).equals(plain));
  });

  test('a previous key opens it, another one does not, and says which setting to look at', async () => {
    const bytes = await sealed(randomBytes(10));
    assert.equal((await opened(bytes, ['another-key-that-came-later-and-is-long', key])).length, 10);
    await assert.rejects(opened(bytes, ['another-key']), (error) => {
      assert.ok(error instanceof BackupError);
      assert.match(error.message, /BACKUP_KEY does not open this archive/);
      return true;
    });
  });

  test('a changed byte anywhere, a missing end, one too many: refused, and nothing false is given out', async () => {
    const plain = randomBytes(2 * chunk + 100);
    const bytes = await sealed(plain);
    const head = bytes.indexOf('\n---') + 50;
    const flips = [0, 30, head - 60, head - 10, head + 5, head + 40, head + chunk, bytes.length - 1];
    const cuts = [0, 10, head, head + 20, head + chunk, bytes.length - chunk - 200, bytes.length - 1];
    const payload = bytes.length - (plain.length + 3 * 16);
    const broken = [
      ...flips.map((at) => {
        const copy = Buffer.from(bytes);
        copy[at]! ^= 1;
        return copy;
      }),
      ...cuts.map((at) => bytes.subarray(0, at)),
      // At the end of a chunk, and with its chunks in another order.
      bytes.subarray(0, payload + chunk + 16),
      Buffer.concat([
        bytes.subarray(0, payload),
        bytes.subarray(payload + chunk + 16, payload + 2 * (chunk + 16)),
        bytes.subarray(payload, payload + chunk + 16),
        bytes.subarray(payload + 2 * (chunk + 16)),
      ]),
      Buffer.concat([bytes, Buffer.from('x')]),
      Buffer.from('something else altogether\n'.repeat(20)),
    ];
    for (const [index, copy] of broken.entries()) {
      const given: Buffer[] = [];
      const read = async () => {
        for await (const part of decrypt(inPieces(copy), [key])) given.push(part);
      };
      await assert.rejects(read(), BackupError, `the one of number ${index}`);
      const all = Buffer.concat(given);
      assert.ok(all.equals(plain.subarray(0, all.length)));
    }
  });

  test('a source that fails fails with its own error, and a reader that stops ends the source', async () => {
    const failing = async function* () {
      yield randomBytes(chunk * 2);
      throw new Error('the disk broke');
    };
    await assert.rejects(buffer(encrypt(failing(), key, 4)), /the disk broke/);
    let isEnded = false;
    const endless = async function* () {
      try {
        for (;;) yield randomBytes(chunk);
      } finally {
        isEnded = true;
      }
    };
    for await (const part of encrypt(endless(), key, 4)) if (part.length > chunk) break;
    assert.ok(isEnded);
  });
});
