import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import type { FastifyInstance } from 'fastify';
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type RateLimiterAbstract,
} from 'rate-limiter-flexible';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import { AppError } from '#platform/errors.ts';
import type { RedisConnection } from '#platform/redis.ts';
import type { LimitClass, Reply, Request } from './types.ts';

/** Requests that one key may make in a window. */
type Budget = { points: number; windowSeconds: number };
/** Per client address, but `account` and `mailbox`, which are per e-mail address that is tried. */
const budgets = {
  login: { points: 60, windowSeconds: 60 },
  account: { points: 10, windowSeconds: 60 },
  register: { points: 30, windowSeconds: 60 },
  reset: { points: 30, windowSeconds: 60 },
  mailbox: { points: 5, windowSeconds: 3_600 },
  refresh: { points: 120, windowSeconds: 60 },
  verify: { points: 120, windowSeconds: 60 },
} as const satisfies Record<Exclude<LimitClass, 'none'> | 'account' | 'mailbox', Budget>;
type BudgetName = keyof typeof budgets;
/** Classes that count by the e-mail address in the body, too. Mail that anybody may cause is rare. */
const byEmail: Partial<Record<LimitClass, BudgetName>> = { login: 'account', reset: 'mailbox' };

type Limiter = { inProcess: RateLimiterAbstract; shared: RateLimiterAbstract | null };

/**
 * Limits of the routes that strangers may try at will. Counted in Redis where there is one, so that
 * all nodes share a budget; in this process while Redis is away.
 */
export function useRateLimits(app: FastifyInstance, redis: RedisConnection | null): void {
  const limiters = Object.fromEntries(
    Object.entries(budgets).map(([name, budget]) => [name, createLimiter(name, budget, redis)]),
  ) as Record<BudgetName, Limiter>;
  const consume = (name: BudgetName, key: string) => consumeOne(limiters[name], key, redis);
  app.addHook('preHandler', async (request, reply) => {
    const { limit } = request.routeOptions.config;
    if (limit === undefined || limit === 'none') return;
    report(reply, limit, await consume(limit, clientKeyOf(request.ip)));
    const account = accountOf(request);
    const name = byEmail[limit];
    if (name && account !== undefined) report(reply, name, await consume(name, account));
  });
}

function createLimiter(
  name: string,
  { points, windowSeconds }: Budget,
  redis: RedisConnection | null,
): Limiter {
  const options = { keyPrefix: `limit:${name}`, points, duration: windowSeconds };
  const shared =
    redis && new RateLimiterRedis({ ...options, storeClient: redis.client, useRedisPackage: true });
  return { inProcess: new RateLimiterMemory(options), shared };
}

type Count = { result: RateLimiterRes; isWithin: boolean };

async function consumeOne(
  { shared, inProcess }: Limiter,
  key: string,
  redis: RedisConnection | null,
): Promise<Count> {
  if (shared && redis?.isReady()) {
    try {
      return await redis.ask(() => countOf(shared, key));
    } catch {
      // Counted here instead; `ask` has told the log.
    }
  }
  return countOf(inProcess, key);
}

// The limiter throws its result where the budget is spent.
async function countOf(limiter: RateLimiterAbstract, key: string): Promise<Count> {
  try {
    return { result: await limiter.consume(key), isWithin: true };
  } catch (error) {
    if (error instanceof RateLimiterRes) return { result: error, isWithin: false };
    throw error;
  }
}

// draft-ietf-httpapi-ratelimit-headers-10: a list, one item for each budget.
function report(reply: Reply, name: BudgetName, { result, isWithin }: Count): void {
  const { points, windowSeconds } = budgets[name];
  const seconds = Math.max(1, Math.ceil(result.msBeforeNext / 1000));
  addToList(reply, 'ratelimit-policy', `"${name}";q=${points};w=${windowSeconds}`);
  addToList(reply, 'ratelimit', `"${name}";r=${Math.max(0, result.remainingPoints)};t=${seconds}`);
  if (isWithin) return;
  throw new AppError(429, 'rate_limited', 'Too many requests. Wait, then try again.', {
    headers: { 'retry-after': String(seconds) },
  });
}

function addToList(reply: Reply, header: string, item: string): void {
  const before = reply.getHeader(header);
  reply.header(header, typeof before === 'string' ? `${before}, ${item}` : item);
}

/** Whom an address counts as: an IPv6 customer has a whole /64, so its addresses are one. */
export function clientKeyOf(ip: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(ip);
  if (mapped?.[1] !== undefined) return mapped[1];
  // A proxy may send anything.
  if (!isIPv6(ip)) return ip.slice(0, 64);
  const [head = '', tail] = (ip.split('%')[0] ?? ip).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  const groups = [...before, ...zeros, ...after].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`;
}

// By the key that makes accounts unique, or another spelling would have a budget of its own. Hashed, so
// that no address stands in Redis.
function accountOf(request: Request): string | undefined {
  const email = (request.body as { email?: unknown } | undefined)?.email;
  if (typeof email !== 'string') return undefined;
  return createHash('sha256').update(emailKeyOf(email)).digest('base64url');
}
