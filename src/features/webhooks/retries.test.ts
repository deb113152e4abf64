import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { lineMs, nextAttemptAt } from './retries.ts';

const start = new Date('2026-05-05T12:00:00Z');
const hourMs = 3_600_000;

/** Times of all attempts, in ms from the first, where each draws `random()`. */
function timesOf(random: () => number): number[] {
  const times = [0];
  for (let attempt = 1; ; attempt++) {
    const now = new Date(start.getTime() + (times.at(-1) ?? 0));
    const next = nextAttemptAt({ attempt, firstStartedAt: start, now }, random());
    if (!next) return times;
    times.push(next.getTime() - start.getTime());
  }
}

suite('when a failed delivery is tried again', () => {
  test('ceilings grow fourfold from 10 s to 8 h, and the last attempt is made after three days', () => {
    const latest = timesOf(() => 1 - Number.EPSILON);
    const gaps = latest.slice(1).map((at, index) => Math.round((at - (latest[index] ?? 0)) / 1000));
    assert.deepEqual(gaps.slice(0, 8), [10, 40, 160, 640, 2_560, 10_240, 28_800, 28_800]);
    assert.equal(latest.at(-1), lineMs);
    assert.equal(latest.length, 16);
  });

  test('any time up to the ceiling is drawn, and never one at once', () => {
    const now = start;
    const drawn = [0, 0.5, 0.999].map((random) =>
      nextAttemptAt({ attempt: 7, firstStartedAt: start, now }, random)?.getTime(),
    );
    assert.deepEqual(
      drawn.map((at = 0) => Math.round((at - start.getTime()) / hourMs)),
      [0, 4, 8],
    );
    assert.equal(drawn[0], start.getTime() + 1_000);
  });

  test('all lines of attempts end three days after their first', () => {
    for (let run = 0; run < 100; run++) {
      const times = timesOf(Math.random);
      assert.equal(times.at(-1), lineMs);
      assert.ok(times.length >= 12 && times.length < 60, `${times.length} attempts`);
    }
  });
});
