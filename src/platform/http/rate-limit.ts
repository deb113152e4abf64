import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { handOf } from '#platform/auth/actor.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import type { Clock } from '#platform/clock.ts';
import type { Config } from '#platform/config/config.ts';
import { AppError } from '#platform/errors.ts';
import type { HttpMetrics } from '#platform/metrics.ts';
import type { RedisConnection } from '#platform/redis.ts';
import { clientKeyOf } from './client-key.ts';
import { createGatheredCounters } from './gathered-counters.ts';
import { endWith, useLoginLimit } from './login-limit.ts';
import { createStrictLimiter, type Budget, type StrictCount, type StrictLimiter } from './strict-limits.ts';
import { useTokenLimit } from './token-limit.ts';
import type { LimitClass, Reply, Request } from './types.ts';

type GeneralClass = 'reads' | 'writes' | 'uploads' | 'streams';
type StrictClass = Exclude<LimitClass, GeneralClass | 'none'>;
type StrictBudgets = Readonly<Record<StrictClass | 'newcomer' | 'reset' | 'mailbox', Budget>>;
type GeneralBudgets = Readonly<Record<GeneralClass | 'anonymous', number>>;
type Settings = Pick<
  Config,
  | 'rateLimitLoginsPerMinute'
  | 'rateLimitReadsPerMinute'
  | 'rateLimitWritesPerMinute'
  | 'rateLimitAnonymousPerMinute'
>;

type Refusals = HttpMetrics['rateLimitRefusals'];

export type RateLimitOptions = {
  redis: RedisConnection | null;
  clock: Clock;
  config: Settings;
  metrics: Pick<HttpMetrics, 'rateLimitRefusals'>;
};

const perMinute = (points: number): Budget => ({ points, windowSeconds: 60 });

/**
 * What strangers may try at will: per client address, and by the e-mail address that is written to. Of `login` and
 * `tokens` only failures spend, for a school may stand behind one address, and a good one of `tokens` is never refused; how
 * often one account can be tried is told by `platform/auth/guess-limits.ts`. Of `signOn`, which leads a browser on whether
 * all is well or not, everything does: some three requests a person. `reset` and `mailbox` are of mail that is asked for.
 */
const strictBudgets = (settings: Settings): StrictBudgets => ({
  login: perMinute(settings.rateLimitLoginsPerMinute),
  register: perMinute(60),
  newcomer: perMinute(5),
  reset: perMinute(30),
  mailbox: { points: 5, windowSeconds: 3_600 },
  tokens: perMinute(120),
  signOn: perMinute(10 * settings.rateLimitLoginsPerMinute),
  verify: perMinute(120),
});
/** A minute: per person, and for the anonymous per address, behind which a school may be. */
const generalBudgets = (settings: Settings): GeneralBudgets => ({
  reads: settings.rateLimitReadsPerMinute,
  writes: settings.rateLimitWritesPerMinute,
  uploads: 60,
  streams: 120,
  anonymous: settings.rateLimitAnonymousPerMinute,
});

export type RateLimits = {
  /** Spends of the budget of the caller's address: what comes of bad credentials is nobody else's. Throws 429. */
  chargeAddress: (request: Request, reply: Reply) => void;
  /** Adds the hooks that count, which go behind those that find out who calls. */
  use: (app: FastifyInstance) => void;
};

/**
 * Limits how often one caller calls. General classes count people, so that whoever shares an address with an abuser goes
 * on, and cost a request nothing. Strict ones are exact over all nodes. Without Redis, or while it is away, each process
 * counts for itself.
 */
export function createRateLimits({ redis, clock, config, metrics }: RateLimitOptions): RateLimits {
  const counters = createGatheredCounters(redis, () => clock.now().getTime());
  const budgets = generalBudgets(config);
  const strict = strictBudgets(config);
  const refusals = metrics.rateLimitRefusals;
  const names = [...Object.keys(budgets), ...Object.keys(strict), 'account', 'device'];
  for (const budget of names) refusals.inc({ budget }, 0);
  const spend = (reply: Reply, name: keyof GeneralBudgets, key: string) => {
    const used = counters.add(`${name}:${key}`);
    const points = budgets[name];
    const remaining = Math.max(0, points - used.count);
    const isWithin = used.count <= points;
    if (!isWithin) refusals.inc({ budget: name });
    report(reply, name, perMinute(points), { remaining, msLeft: used.msLeft, isWithin });
  };
  const chargeAddress = (request: Request, reply: Reply) =>
    spend(reply, 'anonymous', clientKeyOf(request.ip));
  return {
    chargeAddress,
    use(app) {
      app.addHook('onClose', async () => counters.close());
      app.addHook('onRequest', (request, reply, done) => {
        const own = generalClassOf(request);
        if (own) {
          const userId = request.actor
            ? handOf(request.actor)
            : request.routeOptions.config.countsFor?.(request);
          if (userId === undefined) chargeAddress(request, reply);
          else spend(reply, own, userId);
        }
        done();
      });
      useStrictLimits(app, redis, strict, refusals);
    },
  };
}

function generalClassOf(request: Request): GeneralClass | undefined {
  const { limit } = request.routeOptions.config;
  if (limit === undefined) return request.method === 'GET' || request.method === 'HEAD' ? 'reads' : 'writes';
  return limit === 'reads' || limit === 'writes' || limit === 'uploads' || limit === 'streams'
    ? limit
    : undefined;
}

function useStrictLimits(
  app: FastifyInstance,
  redis: RedisConnection | null,
  budgets: StrictBudgets,
  refusals: Refusals,
): void {
  const limiters = Object.fromEntries(
    Object.entries(budgets).map(([name, budget]) => [name, createStrictLimiter(name, budget, redis)]),
  ) as Record<keyof StrictBudgets, StrictLimiter>;
  const consume = async (reply: Reply, name: keyof StrictBudgets, key: string) => {
    const used = await limiters[name].consume(key);
    if (!used.isWithin) refusals.inc({ budget: name });
    report(reply, name, budgets[name], used);
  };
  const strictClassOf = (request: Request): StrictClass | undefined => {
    const { limit } = request.routeOptions.config;
    return limit === undefined || limit === 'none' || generalClassOf(request)
      ? undefined
      : (limit as StrictClass);
  };
  useLoginLimit(app, limiters.login, (reply, used) => {
    if (!used.isWithin) refusals.inc({ budget: 'login' });
    report(reply, 'login', budgets.login, used);
  });
  useTokenLimit(app, limiters.tokens, (reply, used) => {
    if (!used.isWithin) refusals.inc({ budget: 'tokens' });
    report(reply, 'tokens', budgets.tokens, used);
  });
  // Before the body is read: what is wrong with it is found out at the caller's expense.
  app.addHook('onRequest', (request, reply, done) => {
    const name = strictClassOf(request);
    if (!name || name === 'login' || name === 'tokens') return done();
    endWith(consume(reply, name, clientKeyOf(request.ip)), done);
  });
  // Mail that anybody may cause is rare.
  const countMail = async (request: Request, reply: Reply, account: string) => {
    const { isMailing } = request.routeOptions.config;
    if (isMailing) await consume(reply, 'reset', callerOf(request));
    // Each operation by itself: what writes no mail would else shut people out of what they wait for.
    const key = `${request.routeOptions.schema?.operationId}:${account}`;
    await consume(reply, isMailing ? 'mailbox' : 'newcomer', key);
  };
  app.addHook('preHandler', (request, reply, done) => {
    const { isMailing, limit } = request.routeOptions.config;
    const account = isMailing || limit === 'register' ? accountOf(request) : undefined;
    if (account === undefined) return done();
    endWith(countMail(request, reply, account), done);
  });
}

// Who is signed in is counted apart from whoever shares their address.
function callerOf({ actor, ip, routeOptions: { config } }: Request): string {
  return actor && !config.ignoresCaller ? handOf(actor) : clientKeyOf(ip);
}

// draft-ietf-httpapi-ratelimit-headers-10: a list, one item for each budget.
function report(
  reply: Reply,
  name: string,
  { points, windowSeconds }: Budget,
  { remaining, msLeft, isWithin }: StrictCount,
): void {
  const seconds = Math.max(1, Math.ceil(msLeft / 1000));
  addToList(reply, 'ratelimit-policy', name, `q=${points};w=${windowSeconds}`);
  addToList(reply, 'ratelimit', name, `r=${remaining};t=${seconds}`);
  if (isWithin) return;
  throw new AppError(429, 'rate_limited', 'Too many requests. Wait, then try again.', {
    headers: { 'retry-after': String(seconds) },
  });
}

// What was said of the budget before is said anew.
function addToList(reply: Reply, header: string, name: string, parameters: string): void {
  const before = reply.getHeader(header);
  const items = typeof before === 'string' ? before.split(', ') : [];
  const others = items.filter((item) => !item.startsWith(`"${name}";`));
  reply.header(header, [...others, `"${name}";${parameters}`].join(', '));
}

// By the key that makes accounts unique, or another spelling would have a budget of its own. Hashed, so
// that no address stands in Redis.
function accountOf(request: Request): string | undefined {
  const email = (request.body as { email?: unknown } | undefined)?.email;
  if (typeof email !== 'string') return undefined;
  return createHash('sha256').update(emailKeyOf(email)).digest('base64url');
}
