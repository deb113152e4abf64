import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import {
  coveredSeconds,
  creditWatched,
  type Interval,
  isWatchedEnough,
  MAX_STORED_INTERVALS,
  mergeIntervals,
} from './intervals.ts';

const second = fc.integer({ min: 0, max: 600_000 }).map((ms) => ms / 1000);
const interval = fc.tuple(second, second).map(([x, y]): Interval => [Math.min(x, y), Math.max(x, y)]);
const intervals = fc.array(interval, { maxLength: 40 });
/** What no schema lets through, and must do no harm all the same. */
const anything = fc.array(fc.tuple(fc.double(), fc.double()), { maxLength: 40 });

suite('merging', () => {
  test('overlapping and touching stretches become one, sorted; a gap stays', () => {
    const merged = mergeIntervals(
      [[10, 20]],
      [
        [0, 5],
        [20, 30],
        [15, 25],
        [5, 6],
        [6.001, 7],
      ],
    );
    assert.deepEqual(merged, [
      [0, 6],
      [6.001, 7],
      [10, 30],
    ]);
    assert.equal(coveredSeconds(merged), 26.999);
  });

  test('the result lies within the duration, and what is no stretch is left out', () => {
    const wild: Interval[] = [
      [-5, 3],
      [Number.NaN, 9],
      [9, Number.NaN],
      [8, 2],
      [50, 700],
      [900, 950],
      [4, 4],
    ];
    assert.deepEqual(mergeIntervals(wild, [], 60), [
      [0, 3],
      [50, 60],
    ]);
    assert.deepEqual(mergeIntervals([[0, 9]], [], Number.NaN), []);
  });

  test('the order of the arguments does not matter', () => {
    fc.assert(
      fc.property(intervals, intervals, (a, b) => {
        assert.deepEqual(mergeIntervals(a, b), mergeIntervals(b, a));
      }),
    );
  });

  test('the grouping does not matter', () => {
    fc.assert(
      fc.property(intervals, intervals, intervals, (a, b, c) => {
        assert.deepEqual(mergeIntervals(mergeIntervals(a, b), c), mergeIntervals(a, mergeIntervals(b, c)));
      }),
    );
  });

  test('merging what is already in changes nothing', () => {
    fc.assert(
      fc.property(intervals, intervals, (a, b) => {
        const merged = mergeIntervals(a, b);
        assert.deepEqual(mergeIntervals(merged, a), merged);
        assert.deepEqual(mergeIntervals(merged), merged);
      }),
    );
  });

  test('more reports never cover less, and a union covers no more than its parts together', () => {
    fc.assert(
      fc.property(intervals, intervals, (a, b) => {
        const [onlyA, onlyB] = [coveredSeconds(mergeIntervals(a)), coveredSeconds(mergeIntervals(b))];
        const both = coveredSeconds(mergeIntervals(a, b));
        assert.ok(both >= Math.max(onlyA, onlyB));
        assert.ok(both <= onlyA + onlyB + 1e-9);
      }),
    );
  });

  test('a second is covered exactly when one of the stretches has it', () => {
    const small = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 8 });
    fc.assert(
      fc.property(small, (stretches) => {
        const expected = Array.from({ length: 30 }, (_, s) => stretches.some(([x, y]) => x <= s && s < y));
        const merged = mergeIntervals(stretches);
        assert.deepEqual(
          expected.map((_, s) => merged.some(([x, y]) => x <= s && s < y)),
          expected,
        );
        assert.equal(coveredSeconds(merged), expected.filter(Boolean).length);
      }),
    );
  });

  test('whatever comes in, the result is sorted, disjoint and within the duration', () => {
    fc.assert(
      fc.property(anything, second, (wild, duration) => {
        const merged = mergeIntervals(wild, [], duration);
        let end = -1;
        for (const [from, to] of merged) {
          assert.ok(end < from && from < to && from >= 0 && to <= duration);
          end = to;
        }
      }),
    );
  });
});

suite('crediting', () => {
  const durationSeconds = 600;

  test('reporting the whole video at once credits 10 s', () => {
    const { creditedSeconds } = creditWatched({
      stored: [],
      incoming: [[0, 600]],
      durationSeconds,
      elapsedSinceFirstHeartbeatSeconds: 0,
    });
    assert.equal(creditedSeconds, 10);
  });

  test('the same report later, or an empty one, credits twice the time that passed, up to all of it', () => {
    const first = creditWatched({
      stored: [],
      incoming: [[0, 600]],
      durationSeconds,
      elapsedSinceFirstHeartbeatSeconds: 0,
    });
    const later = (incoming: Interval[], elapsedSinceFirstHeartbeatSeconds: number) =>
      creditWatched({
        stored: first.intervals,
        creditedSeconds: first.creditedSeconds,
        incoming,
        durationSeconds,
        elapsedSinceFirstHeartbeatSeconds,
      }).creditedSeconds;
    assert.equal(later([[0, 600]], 100), 210);
    assert.equal(later([], 100), 210);
    assert.equal(later([[0, 600]], 295), 600);
    assert.equal(later([], 10_000), 600);
  });

  test('credit stays when the clock is set back, or the video is shortened', () => {
    const stored: Interval[] = [[300, 600]];
    const back = { stored, incoming: [], creditedSeconds: 300 };
    assert.equal(
      creditWatched({ ...back, durationSeconds, elapsedSinceFirstHeartbeatSeconds: -50 }).creditedSeconds,
      300,
    );
    const shortened = creditWatched({
      ...back,
      durationSeconds: 60,
      elapsedSinceFirstHeartbeatSeconds: 1000,
    });
    assert.deepEqual(shortened, { intervals: stored, creditedSeconds: 300 });
  });

  const heartbeats = fc.array(fc.record({ incoming: intervals, afterSeconds: fc.nat(400) }), {
    minLength: 1,
    maxLength: 12,
  });

  test('credit never falls and never exceeds the bound, the duration or what was reported', () => {
    fc.assert(
      fc.property(heartbeats, (beats) => {
        let state = { intervals: [] as Interval[], creditedSeconds: 0 };
        let elapsed = 0;
        for (const { incoming, afterSeconds } of beats) {
          elapsed += afterSeconds;
          const next = creditWatched({
            stored: state.intervals,
            creditedSeconds: state.creditedSeconds,
            incoming,
            durationSeconds,
            elapsedSinceFirstHeartbeatSeconds: elapsed,
          });
          assert.ok(next.creditedSeconds >= state.creditedSeconds);
          assert.ok(next.creditedSeconds <= Math.min(2 * elapsed + 10, durationSeconds));
          assert.ok(next.creditedSeconds <= coveredSeconds(next.intervals));
          state = next;
        }
      }),
    );
  });

  test('the order, and repeats, of heartbeats do not change what is credited in the end', () => {
    const shuffled = fc.array(intervals, { minLength: 1, maxLength: 8 }).chain((reports) =>
      fc.tuple(
        fc.constant(reports),
        fc
          .array(fc.constantFrom(...reports), { maxLength: 5 })
          .chain((repeats) =>
            fc.shuffledSubarray([...reports, ...repeats], { minLength: reports.length + repeats.length }),
          ),
      ),
    );
    const watch = (reports: Interval[][]) =>
      reports.reduce(
        (state, incoming, i) =>
          creditWatched({
            stored: state.intervals,
            creditedSeconds: state.creditedSeconds,
            incoming,
            durationSeconds,
            elapsedSinceFirstHeartbeatSeconds: i === reports.length - 1 ? 150 : (150 * i) / reports.length,
          }),
        { intervals: [] as Interval[], creditedSeconds: 0 },
      );
    fc.assert(fc.property(shuffled, ([sent, received]) => assert.deepEqual(watch(received), watch(sent))));
  });

  test('what is stored stays small, without lowering what was reached', () => {
    const crumbs = Array.from({ length: 5000 }, (_, i): Interval => [i * 2, i * 2 + 1 + (i % 7) / 10]);
    const { intervals: stored, creditedSeconds } = creditWatched({
      stored: [],
      incoming: crumbs,
      durationSeconds: 10_000,
      elapsedSinceFirstHeartbeatSeconds: 1e6,
    });
    assert.equal(stored.length, MAX_STORED_INTERVALS);
    assert.deepEqual(mergeIntervals(stored, crumbs), stored);
    assert.ok(creditedSeconds >= coveredSeconds(crumbs));
  });
});

suite('enough', () => {
  test('the share counts to the millisecond', () => {
    assert.equal(isWatchedEnough(540, 600, 90), true);
    assert.equal(isWatchedEnough(539.999, 600, 90), false);
    assert.equal(isWatchedEnough(0.1 * 3, 1, 30), true);
  });

  test('the whole video leaves out its last second at most', () => {
    assert.equal(isWatchedEnough(599, 600, 100), true);
    assert.equal(isWatchedEnough(598.9, 600, 100), false);
    assert.equal(isWatchedEnough(9.9, 10, 100), true);
    assert.equal(isWatchedEnough(9, 10, 100), false);
  });

  test('a video without a duration is never watched enough', () => {
    for (const duration of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.equal(isWatchedEnough(1e9, duration, 0), false);
    }
  });
});
