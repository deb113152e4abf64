import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { AppError } from '#platform/errors.ts';
import type { RedisConnection } from '#platform/redis.ts';
import type { LimitClass, Reply, Request } from './types.ts';

/** Requests that one key may make in a window. */
type Budget = { points: number; windowSeconds: number };
/** Per client address, but `account`, which is per e-mail address that is tried. */
const budgets = {
  login: { points: 60, windowSeconds: 60 },
  account: { points: 10, windowSeconds: 60 },
  register: { points: 30, windowSeconds: 60 },
  refresh: { points: 120, windowSeconds: 60 },
  verify: { points: 120, windowSeconds: 60 },
} as const satisfies Record<Exclude<LimitClass, 'none'> | 'account', Budget>;
type BudgetName = keyof typeof budgets;

/**
 * Limits of the routes that strangers may try at will. Counted in Redis where there is one, so that
 * all nodes share a budget; in this process while Redis is away.
 */
export function useRateLimits(app: FastifyInstance, redis: RedisConnection | null): void {
  const limiters = Object.fromEntries(
    Object.entries(budgets).map(([name, budget]) => [name, createLimiter(name, budget, redis)]),
  ) as Record<BudgetName, RateLimiterAbstract>;
  app.addHook('preHandler', async (request, reply) => {
    const { limit } = request.routeOptions.config;
    if (limit === undefined || limit === 'none') return;
    await consume(limiters, limit, request.ip, reply);
    const account = accountOf(request);
    if (limit === 'login' && account !== undefined) await consume(limiters, 'account', account, reply);
  });
}

function createLimiter(
  name: string,
  { points, windowSeconds }: Budget,
  redis: RedisConnection | null,
): RateLimiterAbstract {
  const options = { keyPrefix: `limit:${name}`, points, duration: windowSeconds };
  const inProcess = new RateLimiterMemory(options);
  if (!redis) return inProcess;
  return new RateLimiterRedis({
    ...options,
    storeClient: redis.client,
    useRedisPackage: true,
    rejectIfRedisNotReady: true,
    insuranceLimiter: inProcess,
  });
}

// draft-ietf-httpapi-ratelimit-headers-10.
async function consume(
  limiters: Record<BudgetName, RateLimiterAbstract>,
  name: BudgetName,
  key: string,
  reply: Reply,
): Promise<void> {
  const { points, windowSeconds } = budgets[name];
  reply.header('ratelimit-policy', `"${name}";q=${points};w=${windowSeconds}`);
  try {
    setRemaining(reply, name, await limiters[name].consume(key));
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    setRemaining(reply, name, error);
    throw new AppError(429, 'rate_limited', 'Too many requests. Wait, then try again.', {
      headers: { 'retry-after': String(secondsOf(error)) },
    });
  }
}

function setRemaining(reply: Reply, name: string, result: RateLimiterRes): void {
  reply.header('ratelimit', `"${name}";r=${Math.max(0, result.remainingPoints)};t=${secondsOf(result)}`);
}

function secondsOf(result: RateLimiterRes): number {
  return Math.max(1, Math.ceil(result.msBeforeNext / 1000));
}

// Hashed, so that no address stands in Redis.
function accountOf(request: Request): string | undefined {
  const email = (request.body as { email?: unknown } | undefined)?.email;
  if (typeof email !== 'string') return undefined;
  return createHash('sha256').update(email.trim().toLowerCase()).digest('base64url');
}
