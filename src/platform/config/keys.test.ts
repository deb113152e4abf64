import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import { decodeEncryptionKey, deriveEncryptionKey, findKeyWeakness } from './keys.ts';

suite('keys', () => {
  const weak: Record<string, RegExp> = {
    'change-me': /well known/,
    'change-me-in-development': /well known/,
    CHANGEME: /well known/,
    'your-secret-key-here-at-least-32-characters': /well known/,
    'django-insecure-example-key-for-development': /well known/,
    secret: /well known/,
    '<strong-random-64-char-key>': /placeholder/,
    '${SECRET_KEY}': /placeholder/,
    '{{ secret }}': /placeholder/,
    q8Zt3vLw0Yb7NcR5mXe2HsKj9UaGdPf: /too short \(31 characters/,
    ['x'.repeat(64)]: /repeated/,
    ['q8Zt3vLw'.repeat(5)]: /repeated/,
    ['ab1'.repeat(10) + 'cab1cab1']: /repeated/,
  };
  for (const [key, expected] of Object.entries(weak)) {
    test(`${key.slice(0, 45)} is refused as what it is`, () => {
      assert.match(findKeyWeakness(key) ?? 'accepted', expected);
    });
  }

  test('random keys are accepted, in base64 and hex, and behind a word', () => {
    for (let turn = 0; turn < 200; turn++) {
      assert.equal(findKeyWeakness(randomBytes(48).toString('base64')), undefined);
      assert.equal(findKeyWeakness(randomBytes(32).toString('hex')), undefined);
      assert.equal(findKeyWeakness(`production-secret-${randomBytes(32).toString('hex')}`), undefined);
    }
  });

  test('the encryption key that goes with a SECRET_KEY never changes', () => {
    // Computed once; another value would make everything encrypted so far unreadable.
    assert.equal(
      deriveEncryptionKey('q8Zt3vLw0Yb7NcR5mXe2HsKj9UaGdPfT6oBi1WxV'),
      'TSHmtTrPNZ4AlIl/WzXL5BkOXfjD2ImifVg3mMX9uAk=',
    );
  });

  test('an encryption key is 32 bytes in base64, base64url or hex, and nothing else', () => {
    const bytes = randomBytes(32);
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      assert.deepEqual(decodeEncryptionKey(bytes.toString(encoding)), bytes);
    }
    const wrong = [
      '',
      'x',
      randomBytes(31).toString('base64'),
      randomBytes(33).toString('base64'),
      'ü'.repeat(43),
    ];
    for (const text of wrong) assert.equal(decodeEncryptionKey(text), undefined);
  });
});
