import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { roundTwo, scoreAttempt } from './scoring.ts';

const result = (points: number | null, maxPoints = 1) => ({ points, maxPoints });

suite('scoring an attempt', () => {
  test('passing compares the unrounded percent', () => {
    const twoThirds = [result(1), result(1), result(0)];
    assert.equal(scoreAttempt(twoThirds, 66.66).passed, true);
    assert.equal(scoreAttempt(twoThirds, 66.67).passed, false);
    assert.equal(roundTwo(scoreAttempt(twoThirds, 50).percent), 66.67);
    assert.equal(scoreAttempt([result(69.99, 70), result(0, 30)], 70).passed, false);
    assert.equal(scoreAttempt([result(70, 70), result(0, 30)], 70).passed, true);
  });

  test('thirds and tenths add up to whole points', () => {
    assert.deepEqual(scoreAttempt([result(1 / 3), result(1 / 3), result(1 / 3)], 33.34), {
      needsGrading: false,
      score: 1,
      maxScore: 3,
      percent: 100 / 3,
      passed: false,
    });
    const tenths = Array.from({ length: 10 }, () => result(0.1, 0.1));
    assert.equal(scoreAttempt(tenths, 100).passed, true);
    assert.equal(scoreAttempt(tenths, 100).score, 1);
    const sevenths = Array.from({ length: 7 }, (_, i) => result((i * 0.7) / 7, 0.7));
    assert.equal(scoreAttempt(sevenths, 42.86).passed, false);
    assert.equal(scoreAttempt(sevenths, 42.85).passed, true);
  });

  test('while a grader is awaited, nothing is passed or failed', () => {
    assert.deepEqual(scoreAttempt([result(1), result(null)], 50), {
      needsGrading: true,
      score: 1,
      maxScore: 2,
      percent: 50,
      passed: null,
    });
  });

  test('where nothing can be earned, nothing is proved', () => {
    for (const results of [[], [result(0, 0)]]) {
      const { percent, passed } = scoreAttempt(results, 1);
      assert.deepEqual({ percent, passed }, { percent: 0, passed: false });
      assert.equal(scoreAttempt(results, 0).passed, true);
    }
  });

  test('agrees with exact fractions', () => {
    const partial = fc
      .tuple(fc.nat(1000), fc.integer({ min: 1, max: 22 }), fc.nat(22))
      .map(([hundredths, right, net]) => ({ hundredths, right, net: Math.min(net, right) }));
    const passing = fc.nat(10_000);
    fc.assert(
      fc.property(fc.array(partial, { minLength: 1, maxLength: 30 }), passing, (parts, passingHundredths) => {
        const results = parts.map((p) =>
          result(((p.hundredths / 100) * p.net) / p.right, p.hundredths / 100),
        );
        const common = parts.reduce((product, p) => product * BigInt(p.right), 1n);
        const score = parts.reduce(
          (sum, p) => sum + (BigInt(p.hundredths * p.net) * common) / BigInt(p.right),
          0n,
        );
        const max = parts.reduce((sum, p) => sum + BigInt(p.hundredths), 0n) * common;
        fc.pre(max > 0n);
        const expected = score * 10_000n >= max * BigInt(passingHundredths);
        assert.equal(scoreAttempt(results, passingHundredths / 100).passed, expected);
        // The hardest case is the boundary itself, which chance does not meet.
        if ((score * 10_000n) % max === 0n) {
          const exactly = Number((score * 10_000n) / max) / 100;
          assert.equal(scoreAttempt(results, exactly).passed, true);
        }
      }),
    );
  });

  test('the order of the questions does not matter', () => {
    const results = fc.array(
      fc.record({ points: fc.double({ min: 0, max: 10, noNaN: true }), maxPoints: fc.constant(10) }),
    );
    fc.assert(
      fc.property(results, (some) => {
        assert.deepEqual(scoreAttempt(some.toReversed(), 60), scoreAttempt(some, 60));
      }),
    );
  });
});

suite('rounding for output', () => {
  test('goes half away from zero, as decimals read', () => {
    const pairs = [
      [1.005, 1.01],
      [2.675, 2.68],
      [1.004999, 1],
      [66.66666, 66.67],
      [0, 0],
      [100, 100],
      [-1.005, -1.01],
    ];
    for (const [value, expected] of pairs) assert.equal(roundTwo(value ?? 0), expected);
  });

  test('leaves two decimals alone', () => {
    fc.assert(
      fc.property(fc.nat(10_000_000), (hundredths) =>
        assert.equal(roundTwo(hundredths / 100), hundredths / 100),
      ),
    );
  });
});
