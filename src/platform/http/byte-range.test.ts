import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { rangeOf } from './byte-range.ts';

suite('the range of a request', () => {
  const cases: [header: string | undefined, expected: [number, number] | 'unsatisfiable' | undefined][] = [
    [undefined, undefined],
    ['bytes=0-0', [0, 0]],
    ['bytes=2-5', [2, 5]],
    ['BYTES = 2 - 5', [2, 5]],
    ['bytes=2-', [2, 9]],
    ['bytes=9-999999999999999999999999', [9, 9]],
    ['bytes=-3', [7, 9]],
    ['bytes=-100', [0, 9]],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=99999999999999999999999-', 'unsatisfiable'],
    ['bytes=5-2', undefined],
    ['bytes=-', undefined],
    ['bytes=0-1,3-4', undefined],
    ['bytes=a-b', undefined],
    ['bytes=1.5-2', undefined],
    ['bytes=+1-2', undefined],
    ['lines=0-1', undefined],
    ['', undefined],
  ];
  for (const [header, expected] of cases) {
    test(`of ten bytes: ${header ?? 'none'}`, () => {
      const range = rangeOf(header, 10);
      assert.deepEqual(typeof range === 'object' ? [range.start, range.end] : range, expected);
    });
  }

  test('of nothing is never satisfied', () => {
    for (const header of ['bytes=0-', 'bytes=0-0', 'bytes=-1'])
      assert.equal(rangeOf(header, 0), 'unsatisfiable');
  });
});
