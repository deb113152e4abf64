import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { newCertificateNumber, normaliseCertificateNumber } from './number.ts';

const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });

suite('certificate numbers', () => {
  test('a number holds 80 bits: each of 16 characters takes all 32 values', () => {
    const seen = Array.from({ length: 16 }, () => new Set<string>());
    for (let value = 0; value < 32; value += 1) {
      const number = newCertificateNumber((count) => new Uint8Array(count).fill(value));
      assert.match(number, /^LMS(-[0-9A-HJKMNP-TV-Z]{4}){4}$/);
      for (const [at, character] of [...number.slice(4).replaceAll('-', '')].entries())
        seen[at]?.add(character);
    }
    assert.deepEqual(
      seen.map((characters) => characters.size),
      Array.from({ length: 16 }, () => 32),
    );
    assert.notEqual(newCertificateNumber(randomBytes), newCertificateNumber(randomBytes));
  });

  test('a number is found however it is typed', () => {
    const typings: ((number: string) => string)[] = [
      (number) => number,
      (number) => number.toLowerCase(),
      (number) => number.replaceAll('-', ''),
      (number) => number.slice(4),
      (number) => ` ${number.replaceAll('-', ' – ')}\n`,
      (number) => `LMS-${number.slice(4).replaceAll('0', 'O').replaceAll('1', 'l')}`,
      (number) => number.slice(4).replaceAll('1', 'I').replaceAll('-', ''),
      (number) => `\u200e${number}\u200f`,
    ];
    fc.assert(
      fc.property(bytes, fc.constantFrom(...typings), (random, typing) => {
        const number = newCertificateNumber(() => random);
        assert.equal(normaliseCertificateNumber(typing(number)), number);
      }),
    );
  });

  test('a number that begins like the prefix keeps its beginning', () => {
    assert.equal(normaliseCertificateNumber('LMS2-3456-789A-BCDE'), 'LMS-1MS2-3456-789A-BCDE');
  });

  test('what cannot be a number is refused', () => {
    const wrong = ['', 'LMS', 'LMS-0000-0000-0000', 'LMS-0000-0000-0000-00000', 'ABC-0000-0000-0000-0000'];
    for (const input of [...wrong, 'LMS-UUUU-0000-0000-0000', 'LMS-0000-0000-0000-000%', '0'.repeat(1e6)]) {
      assert.equal(normaliseCertificateNumber(input), undefined);
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (input) => {
        const number = normaliseCertificateNumber(input);
        assert.ok(number === undefined || normaliseCertificateNumber(number) === number);
      }),
    );
  });
});
