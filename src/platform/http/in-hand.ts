import { AppError } from '#platform/errors.ts';

/** Does the work, unless this person has as much in hand already: 429. */
export type InHand = <T>(userId: string, work: () => Promise<T>) => Promise<T>;

/**
 * Bounds what one person has going on at a time in this process, for work whose cost lies in how long it is held and
 * not in how often it is asked for.
 */
export function createInHand(most: number): InHand {
  const counts = new Map<string, number>();
  return async (userId, work) => {
    const count = counts.get(userId) ?? 0;
    if (count >= most)
      throw new AppError(429, 'rate_limited', 'What you sent before is still being worked on. Wait for it.', {
        headers: { 'retry-after': '1' },
      });
    counts.set(userId, count + 1);
    try {
      return await work();
    } finally {
      const left = (counts.get(userId) ?? 1) - 1;
      if (left === 0) counts.delete(userId);
      else counts.set(userId, left);
    }
  };
}
