import { createHash } from 'node:crypto';
import type { Clock } from '#platform/clock.ts';
import { AppError } from '#platform/errors.ts';
import type { RedisConnection } from '#platform/redis.ts';

/** Whose tries are counted together: those of all devices that are not known to an account, or those of one that is. */
export type GuessTier = 'account' | 'device';

/** A try that was taken, before anybody knows whether it is right. */
export type TakenTry = {
  /** It was: it costs nothing. */
  wasRight(): Promise<void>;
};

/** Slows down who guesses, the more often the more. */
export type GuessLimits = {
  /**
   * Takes a try of this key, which counts as wrong until it is said to be right: so tries at the same moment count, too.
   * Throws 429 `too_many_attempts` where the key has to wait.
   */
  take(tier: GuessTier, key: string): Promise<TakenTry>;
};

export type GuessLimitsOptions = {
  redis: RedisConnection | null;
  clock: Clock;
  isEnabled: boolean;
  onRefused: (tier: GuessTier) => void;
};

/** So many wrong tries cost nothing; the last of them and each after it has the next one wait, twice as long each time. */
export const freeTries = 5;
const firstWaitMs = 60_000;
const longestWaitMs = 15 * 60_000;
/** After so long without a wrong try all is forgotten. */
const forgottenAfterMs = 3_600_000;
// Beyond this the oldest begin anew: whoever commands so many accounts is no matter of counting.
const maxKeys = 100_000;

/** `until`: in milliseconds, when the next try is taken. */
type Count = { wrong: number; until: number };

/** Counts in Redis, so that all nodes share a count; in this process while it is away. */
export function createGuessLimits({ redis, clock, isEnabled, onRefused }: GuessLimitsOptions): GuessLimits {
  const inProcess = createCounts();
  const withEither = async <T>(shared: (at: RedisConnection) => Promise<T>, own: () => T): Promise<T> => {
    if (!redis?.isReady()) return own();
    // Done here instead where it fails; `ask` has told the log.
    return redis.ask(() => shared(redis)).catch(own);
  };
  return {
    async take(tier, key) {
      if (!isEnabled) return { wasRight: async () => {} };
      const name = `limit:guess:${tier}:${createHash('sha256').update(key).digest('base64url')}`;
      const now = clock.now().getTime();
      const waitMs = await withEither(
        (at) => takeInRedis(at, name, now),
        () => inProcess.take(name, now),
      );
      if (waitMs > 0) {
        onRefused(tier);
        throw tooManyGuesses(waitMs);
      }
      return {
        // What strangers got wrong stays counted when the person comes; a device of theirs begins anew.
        wasRight: () =>
          withEither(
            (at) => forgiveInRedis(at, name, tier),
            () => inProcess.forgive(name, tier),
          ),
      };
    },
  };
}

function tooManyGuesses(waitMs: number): AppError {
  return new AppError(
    429,
    'too_many_attempts',
    'Too many wrong tries. Wait, sign in where you have signed in before, or have a new password sent.',
    { headers: { 'retry-after': String(Math.max(1, Math.ceil(waitMs / 1000))) } },
  );
}

function waitUntil(wrong: number, now: number): number {
  if (wrong < freeTries) return 0;
  return now + Math.min(longestWaitMs, firstWaitMs * 2 ** (wrong - freeTries));
}

function createCounts() {
  const counts = new Map<string, Count & { forgottenAt: number }>();
  return {
    /** How long the key has to wait; 0 where the try is taken. */
    take(name: string, now: number): number {
      const found = counts.get(name);
      const known = found && found.forgottenAt > now ? found : { wrong: 0, until: 0 };
      if (known.until > now) return known.until - now;
      const wrong = known.wrong + 1;
      // Last in the order of the map: the first are those that were not tried for longest.
      counts.delete(name);
      counts.set(name, { wrong, until: waitUntil(wrong, now), forgottenAt: now + forgottenAfterMs });
      const oldest = counts.size > maxKeys ? counts.keys().next().value : undefined;
      if (oldest !== undefined) counts.delete(oldest);
      return 0;
    },
    forgive(name: string, tier: GuessTier): void {
      const found = counts.get(name);
      if (tier === 'device') counts.delete(name);
      else if (found) counts.set(name, { ...found, wrong: Math.max(0, found.wrong - 1), until: 0 });
    },
  };
}

// One step, so that of two tries at once, on whatever nodes, each is counted before the other is let through.
const takeScript = `
local wrong, til = unpack(redis.call('HMGET', KEYS[1], 'wrong', 'until'))
local now = tonumber(ARGV[1])
til = tonumber(til or '0')
if til > now then return til - now end
wrong = tonumber(wrong or '0') + 1
til = 0
if wrong >= tonumber(ARGV[2]) then
  til = now + math.min(tonumber(ARGV[4]), tonumber(ARGV[3]) * 2 ^ (wrong - tonumber(ARGV[2])))
end
redis.call('HSET', KEYS[1], 'wrong', wrong, 'until', string.format('%.0f', til))
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 0`;

const forgiveScript = `
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local wrong = redis.call('HINCRBY', KEYS[1], 'wrong', -1)
if wrong <= 0 then redis.call('DEL', KEYS[1]) else redis.call('HSET', KEYS[1], 'until', '0') end
return 0`;

async function takeInRedis({ client }: RedisConnection, name: string, now: number): Promise<number> {
  const numbers = [now, freeTries, firstWaitMs, longestWaitMs, forgottenAfterMs];
  const waitMs = await client.eval(takeScript, { keys: [name], arguments: numbers.map(String) });
  return Number(waitMs);
}

async function forgiveInRedis({ client }: RedisConnection, name: string, tier: GuessTier): Promise<void> {
  if (tier === 'device') await client.del(name);
  else await client.eval(forgiveScript, { keys: [name], arguments: [] });
}
