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

/**
 * Hours of the academy's day, counted from its beginning, so that what happens on one day happens in an order that
 * makes sense: nobody enrolls before the course is published.
 */
export const hours = { join: 0, create: 1, publish: 3, enroll: 4, last: 22, archive: 23 } as const;

/** The moment at which something happens; `key` moves it within its hour, the same way in every load. */
export type Calendar = (daysAgo: number, hour: number, key: string) => Date;

/** Days end with `base`: what happened 0 days ago happened in the 24 hours before it. */
export function createCalendar(base: Date): Calendar {
  return (daysAgo, hour, key) =>
    new Date(Math.floor(base.getTime() - (daysAgo + 1) * dayMs + (hour + fractionOf(key) * 0.9) * hourMs));
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
