import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import type { RedisConnection } from '#platform/redis.ts';

export type Budget = { points: number; windowSeconds: number };
export type StrictCount = { remaining: number; msLeft: number; isWithin: boolean };

/**
 * Counts each request in Redis before it is served, so that all nodes share a budget to the last point; in this process
 * while Redis is away.
 */
export type StrictLimiter = {
  consume(key: string): Promise<StrictCount>;
  /** The same without taking a point: within the budget is where one is left. */
  look(key: string): Promise<StrictCount>;
};

export function createStrictLimiter(
  name: string,
  { points, windowSeconds }: Budget,
  redis: RedisConnection | null,
): StrictLimiter {
  const options = { keyPrefix: `limit:${name}`, points, duration: windowSeconds };
  const inProcess = new RateLimiterMemory(options);
  const shared =
    redis && new RateLimiterRedis({ ...options, storeClient: redis.client, useRedisPackage: true });
  const withEither = async <T>(work: (limiter: RateLimiterAbstract) => Promise<T>): Promise<T> => {
    if (!shared || !redis?.isReady()) return work(inProcess);
    // Done here instead where it fails; `ask` has told the log.
    return redis.ask(() => work(shared)).catch(() => work(inProcess));
  };
  return {
    consume: (key) => withEither((limiter) => countOf(limiter, key)),
    look: (key) =>
      withEither(async (limiter) => {
        const found = await limiter.get(key);
        const isWithin = found === null || found.consumedPoints < points;
        return found
          ? shown(found, isWithin)
          : { remaining: points, msLeft: windowSeconds * 1_000, isWithin };
      }),
  };
}

// The limiter throws its result where the budget is spent.
async function countOf(limiter: RateLimiterAbstract, key: string): Promise<StrictCount> {
  try {
    return shown(await limiter.consume(key), true);
  } catch (error) {
    if (error instanceof RateLimiterRes) return shown(error, false);
    throw error;
  }
}

function shown({ remainingPoints, msBeforeNext }: RateLimiterRes, isWithin: boolean): StrictCount {
  return { remaining: Math.max(0, remainingPoints), msLeft: msBeforeNext, isWithin };
}
