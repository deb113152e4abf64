import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import { suite, test } from 'node:test';
import { createPasswords } from './passwords.ts';

const passwords = createPasswords();

suite('passwords', () => {
  test('a hash is a PHC string of argon2id with the cost that OWASP asks for, salted anew each time', async () => {
    const [one, two] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')]);
    assert.match(one, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    assert.notEqual(one, two);
    assert.equal(await passwords.verify('correct horse', one), true);
    assert.equal(await passwords.verify('correct horse ', one), false);
    assert.equal(await passwords.verify('', one), false);
  });

  test('the same letters typed as other code points are the same password', async () => {
    const hash = await passwords.hash('Pässwort① ﬁt');
    assert.equal(await passwords.verify('Pa\u0308sswort1 fit', hash), true);
  });

  test('no hash matches no password, not even the empty one', async () => {
    assert.equal(await passwords.verify('', null), false);
    assert.equal(await passwords.verify('anything', null), false);
  });

  test('a hash of another cost, as after a change of ours, is still read; what is no hash is said to be none', async () => {
    const salt = Buffer.from('salt of 16 bytes');
    const tag = argon2Sync('argon2id', {
      message: 'old',
      nonce: salt,
      memory: 1024,
      passes: 1,
      parallelism: 2,
      tagLength: 24,
    });
    const [saltText, tagText] = [salt, tag].map((bytes) => bytes.toString('base64').replaceAll('=', ''));
    const old = `$argon2id$v=19$m=1024,t=1,p=2$${saltText}$${tagText}`;
    assert.equal(await passwords.verify('old', old), true);
    assert.equal(await passwords.verify('new', old), false);
    await assert.rejects(passwords.verify('x', `$argon2id$v=19$m=1024,t=1,p=1$${saltText}$`), /PHC/);
    await assert.rejects(passwords.verify('x', '$2b$10$abcdefghijklmnopqrstuv'), /PHC/);
  });

  test('a hash names the cost at which it was made', async () => {
    const hash = await createPasswords({ memory: 64, passes: 1 }).hash('correct horse');
    assert.match(hash, /^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    assert.equal(await passwords.verify('correct horse', hash), true);
  });

  test('an account without a password takes as long as one with it', async () => {
    const hash = await passwords.hash('correct horse');
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let run = 0; run < 15; run += 1) {
      for (const [kind, stored] of [
        ['known', hash],
        ['unknown', null],
      ] as const) {
        const start = performance.now();
        await passwords.verify('wrong horse', stored);
        times[kind].push(performance.now() - start);
      }
    }
    const ratio = median(times.known) / median(times.unknown);
    assert.ok(ratio > 0.5 && ratio < 2, `ratio of medians ${ratio}`);
  });
});

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
