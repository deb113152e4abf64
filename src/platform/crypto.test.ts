import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { createEncryption, hashToken, newToken } from './crypto.ts';

const [oldKey, newKey, otherKey] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [
  string,
  string,
  string,
];
const refusal = /No configured ENCRYPTION_KEY opens this value/;

suite('encryption', () => {
  const encryption = createEncryption(newKey, null);

  test('any text comes back as it was, and no two sealings are alike', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.string({ maxLength: 20 }),
        (raw, context) => {
          const text = raw.toWellFormed();
          const sealed = encryption.encrypt(text, context);
          assert.equal(encryption.decrypt(sealed, context), text);
          assert.notDeepEqual(encryption.encrypt(text, context), sealed);
        },
      ),
    );
  });

  test('a value is bound to its context', () => {
    const sealed = encryption.encrypt('secret', 'webhook:1');
    assert.throws(() => encryption.decrypt(sealed, 'webhook:2'), refusal);
  });

  test('a value of which one bit differs, or that is cut short, is refused', () => {
    const sealed = encryption.encrypt('secret', 'here');
    for (let index = 0; index < sealed.length * 8; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index >> 3]! ^= 1 << (index & 7);
      assert.throws(() => encryption.decrypt(changed, 'here'), refusal, `bit ${index}`);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      assert.throws(() => encryption.decrypt(sealed.subarray(0, length), 'here'), refusal, `${length} bytes`);
    }
  });

  test('while keys are rotated both open, and what is made anew needs the new one only', () => {
    const before = createEncryption(oldKey, null).encrypt('kept', 'here');
    const rotating = createEncryption(newKey, oldKey);
    assert.equal(rotating.decrypt(before, 'here'), 'kept');
    const after = rotating.encrypt('new', 'here');
    assert.equal(encryption.decrypt(after, 'here'), 'new');
    assert.throws(() => encryption.decrypt(before, 'here'), refusal);
    assert.throws(() => createEncryption(otherKey, oldKey).decrypt(after, 'here'), refusal);
  });
});

suite('opaque tokens', () => {
  test('hold 256 random bits, and are stored as a hash that does not hold them', () => {
    const tokens = Array.from({ length: 100 }, newToken);
    assert.equal(new Set(tokens).size, 100);
    for (const token of tokens) {
      assert.equal(Buffer.from(token, 'base64url').length, 32);
      assert.equal(hashToken(token).length, 32);
      assert.notDeepEqual(hashToken(token), Buffer.from(token, 'base64url'));
    }
  });
});
