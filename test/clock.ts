import type { Clock } from '#platform/clock.ts';

export type TestClock = Clock & {
  /** Moves the time on. */
  advance(by: { days?: number; hours?: number; minutes?: number; seconds?: number; ms?: number }): void;
};

/** Starts at the present and stands still until it is moved. */
export function createTestClock(start = new Date()): TestClock {
  let ms = start.getTime();
  return {
    now: () => new Date(ms),
    advance({ days = 0, hours = 0, minutes = 0, seconds = 0, ms: more = 0 }) {
      ms += (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + more;
    },
  };
}
