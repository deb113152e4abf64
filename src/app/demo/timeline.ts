import { createHash } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';

/** Something that somebody did. Runs when the clock stands at `at`. */
export type Step = { at: Date; run: () => Promise<void> };

export type LoadClock = Clock & { set(to: Date): void };

export function createLoadClock(start: Date): LoadClock {
  let now = start;
  return {
    now: () => now,
    set(to) {
      now = to;
    },
  };
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** From and to, in hours since the beginning of the day. */
export type Hours = readonly [number, number];

/**
 * When things happen on a day of the academy. What may fall on one day has an order that makes sense: nobody enrolls
 * before the course is published. Who comes and goes on one day comes early and goes late.
 */
export const hours = {
  join: [-20, 1],
  create: [1, 3],
  publish: [3, 4],
  enroll: [4, 12],
  enrollEarly: [4, 5],
  last: [12, 23],
  lastLate: [22, 23],
  archive: [23, 24],
} as const satisfies Record<string, Hours>;

/** A moment within these hours; `key` decides which, the same in every load. */
export type Calendar = (daysAgo: number, within: Hours, key: string) => Date;

/** Days end with `base`: what happened 0 days ago happened in the 24 hours before it. */
export function createCalendar(base: Date): Calendar {
  return (daysAgo, [from, to], key) => {
    const hour = from + (to - from) * fractionOf(key);
    return new Date(Math.floor(base.getTime() - (daysAgo + 1) * dayMs + hour * hourMs));
  };
}

/** Between 0 and 1, by the key alone. */
export function fractionOf(key: string): number {
  return createHash('sha256').update(key).digest().readUInt32BE() / 2 ** 32;
}

export function secondsBefore(at: Date, seconds: number): Date {
  return new Date(at.getTime() - Math.round(seconds * 1000));
}

/** Runs the steps in the order of their times, the clock moving along. */
export async function play(
  clock: LoadClock,
  steps: readonly Step[],
  onStep: ((index: number) => void) | undefined,
): Promise<void> {
  const inOrder = steps.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  for (const [index, { at, run }] of inOrder.entries()) {
    onStep?.(index);
    clock.set(at);
    await run();
  }
}
