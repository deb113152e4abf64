import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { shuffleBySeed } from './shuffle.ts';

suite('shuffling', () => {
  test('a seed gives the same order for ever: attempts store it', () => {
    const letters = [...'abcdefghij'];
    assert.equal(shuffleBySeed(letters, '0193a1b2-0000-7000-8000-000000000001').join(''), 'djbghficae');
    assert.equal(shuffleBySeed(letters, '').join(''), 'ibjgcafehd');
  });

  test('every item comes out exactly once, and the list given stays as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.string(), (items, seed) => {
        const before = [...items];
        const shuffled = shuffleBySeed(items, seed);
        assert.deepEqual(items, before);
        assert.deepEqual(shuffled.toSorted(), items.toSorted());
        assert.deepEqual(shuffleBySeed(items, seed), shuffled);
      }),
    );
  });

  test('over near seeds, all 24 orders of four items are equally likely', () => {
    const counts = new Map<string, number>();
    const runs = 24_000;
    for (let i = 0; i < runs; i += 1) {
      const order = shuffleBySeed(['a', 'b', 'c', 'd'], `attempt-${i}`).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    assert.equal(counts.size, 24);
    const expected = runs / 24;
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // 23 degrees of freedom: above 49.7 once in a thousand. The seeds are fixed, so this cannot flicker.
    assert.ok(chiSquare < 49.7, `chi-square ${chiSquare}`);
  });
});
