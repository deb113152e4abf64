import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { beat, maxGapSeconds, type Heartbeat } from './heartbeat.ts';
import { coveredSeconds, type Interval } from './intervals.ts';
import type { Kept } from './queries/completion.ts';

const start = new Date('2026-11-01T10:00:00.000Z');
const durationSeconds = 600;
type Lesson = Parameters<typeof beat>[0];

const fresh: Lesson = {
  type: 'video',
  duration_seconds: durationSeconds,
  first_seen_at: null,
  touched_at: null,
  position_seconds: null,
  position_at: null,
  watched: [],
  seconds_watched: 0,
  seconds_spent: 0,
};

const at = (seconds: number) => new Date(start.getTime() + seconds * 1000);

function after(lesson: Lesson, kept: Kept, now: Date): Lesson {
  return {
    ...lesson,
    first_seen_at: lesson.first_seen_at ?? now,
    touched_at: now,
    position_seconds: kept.positionSeconds,
    position_at: kept.positionAt,
    watched: kept.watched,
    seconds_watched: kept.secondsWatched,
    seconds_spent: kept.secondsSpent,
  };
}

/** Heartbeats by the second at which they arrive. */
function play(beats: readonly [number, Heartbeat][], lesson = fresh): Lesson {
  let now = lesson;
  for (const [second, heartbeat] of beats) now = after(now, beat(now, heartbeat, at(second)), at(second));
  return now;
}

const stretch = fc
  .tuple(
    fc.integer({ min: 0, max: durationSeconds * 1000 }),
    fc.integer({ min: 0, max: durationSeconds * 1000 }),
  )
  .map(([a, b]): Interval => [Math.min(a, b) / 1000, Math.max(a, b) / 1000]);
const heartbeat = fc.record(
  {
    positionSeconds: fc.integer({ min: 0, max: durationSeconds }),
    watched: fc.array(stretch, { maxLength: 4 }),
    occurredAt: fc.integer({ min: -1000, max: 3000 }).map(at),
  },
  { requiredKeys: [] },
);
const beats = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2_000 }), heartbeat), { maxLength: 12 })
  .map((all) => all.toSorted(([a], [b]) => a - b));

suite('heartbeats', () => {
  test('nothing that was reached is ever lowered, and none of it passes the time that the server saw', () => {
    fc.assert(
      fc.property(beats, (all) => {
        let lesson = fresh;
        for (const [second, each] of all) {
          const kept = beat(lesson, each, at(second));
          assert.ok(kept.secondsWatched >= lesson.seconds_watched);
          assert.ok(kept.secondsSpent >= lesson.seconds_spent);
          assert.ok(coveredSeconds(kept.watched) >= coveredSeconds(lesson.watched));
          assert.ok(
            kept.positionAt === null || lesson.position_at === null || kept.positionAt >= lesson.position_at,
          );
          lesson = after(lesson, kept, at(second));
          const elapsed = second - (all[0]?.[0] ?? 0);
          assert.ok(lesson.seconds_watched <= 2 * elapsed + 10);
          assert.ok(lesson.seconds_spent <= elapsed);
        }
      }),
    );
  });

  test('at one instant, order and repetition change neither the stretches nor what they credit', () => {
    fc.assert(
      fc.property(
        fc.array(heartbeat, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 400 }),
        (all, wait) => {
          const begun = play([[0, {}]]);
          const inOrder = play(
            all.map((each) => [wait, each]),
            begun,
          );
          const reversedTwice = play(
            [...all, ...all].toReversed().map((each) => [wait, each]),
            begun,
          );
          assert.deepEqual(reversedTwice.watched, inOrder.watched);
          assert.equal(reversedTwice.seconds_watched, inOrder.seconds_watched);
          assert.equal(reversedTwice.seconds_spent, inOrder.seconds_spent);
        },
      ),
    );
  });

  test('the position follows the latest occurrence, not the latest arrival', () => {
    const lesson = play([
      [0, { positionSeconds: 0 }],
      [30, { positionSeconds: 25, occurredAt: at(25) }],
      [31, { positionSeconds: 10, occurredAt: at(10) }],
    ]);
    assert.equal(lesson.position_seconds, 25);
    assert.deepEqual(lesson.position_at, at(25));
  });

  test('an occurrence in the future counts as now, one before the first heartbeat as that', () => {
    const ahead = play([
      [0, { positionSeconds: 5, occurredAt: at(9_999) }],
      [10, { positionSeconds: 15 }],
    ]);
    assert.equal(ahead.position_seconds, 15);
    const behind = play([
      [0, {}],
      [10, { positionSeconds: 7, occurredAt: at(-500) }],
    ]);
    assert.deepEqual([behind.position_seconds, behind.position_at], [7, at(0)]);
  });

  test('a heartbeat without a position leaves it where it was', () => {
    const lesson = play([
      [0, { positionSeconds: 5 }],
      [10, {}],
    ]);
    assert.deepEqual([lesson.position_seconds, lesson.position_at], [5, at(0)]);
  });

  test('of a gap between two heartbeats a minute at most was spent', () => {
    assert.equal(
      play([
        [0, {}],
        [20, {}],
        [45, {}],
      ]).seconds_spent,
      45,
    );
    assert.equal(
      play([
        [0, {}],
        [3_600, {}],
      ]).seconds_spent,
      maxGapSeconds,
    );
    assert.equal(
      play([
        [100, {}],
        [50, {}],
      ]).seconds_spent,
      0,
    );
  });

  test('a lesson without a video keeps no stretches', () => {
    const lesson = play([[0, { watched: [[0, 5]] }]], { ...fresh, type: 'text' });
    assert.deepEqual([lesson.watched, lesson.seconds_watched], [[], 0]);
  });
});
