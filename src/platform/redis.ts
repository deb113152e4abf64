import { createRequire } from 'node:module';
import type { Logger } from './log.ts';

// Longer than Redis ever takes, and short enough for a request to bear: a hung one costs it once.
const commandTimeoutMs = 250;
const pauseMs = 3_000;

export type RedisClient = ReturnType<typeof makeClient>;
export type RedisConnection = {
  client: RedisClient;
  /** Whether to ask it: it is connected, and did not fail to answer within the last seconds. */
  isReady(): boolean;
  /**
   * Does something with it, within a quarter of a second. Rejects where it failed or did not answer, and then
   * nobody asks again for a few seconds (`isReady` is false).
   */
  ask<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Hears a channel, by a connection of its own. `onGap` whenever that begins, at first and again after it was away: what
   * was said before was not heard. Returns what ends it.
   */
  subscribe(channel: string, hear: (message: string) => void, onGap: () => void): () => void;
  close(): Promise<void>;
};

/**
 * Opens a connection that comes back by itself. Redis holds only what can be rebuilt, so nothing waits
 * for it: commands fail at once while it is away, and every caller has another way.
 */
export function openRedis(url: string, log: Logger): RedisConnection {
  const client = makeClient(url);
  let wasReady: boolean | null = null;
  // By the process's own clock, since the wait is real.
  let pausedUntil = 0;
  let isSilent = false;
  client.on('error', (error) => {
    if (wasReady !== false)
      log.warn({ err: error }, 'redis: away; limits are counted in this process until it returns');
    wasReady = false;
  });
  client.on('ready', () => {
    if (wasReady === false) log.info('redis: back');
    wasReady = true;
  });
  // The client goes on trying; a failure is reported by the listener above.
  void client.connect().catch(() => {});
  return {
    client,
    isReady: () => client.isReady && performance.now() >= pausedUntil,
    async ask(work) {
      try {
        const result = await withinTime(work());
        if (isSilent) log.info('redis: answers again');
        isSilent = false;
        return result;
      } catch (error) {
        // One line for each silence, not for each try.
        if (!isSilent && client.isReady)
          log.warn({ err: error }, 'redis: does not answer; asking again every few seconds');
        isSilent = true;
        pausedUntil = performance.now() + pauseMs;
        throw error;
      }
    },
    subscribe: (channel, hear, onGap) => subscribeTo(client, channel, hear, onGap),
    close: async () => client.destroy(),
  };
}

/** Connects once and asks; the version, and how long the answer took. Rejects where it does not connect or answer. */
export async function askRedisOnce(url: string): Promise<{ version: string; answerMs: number }> {
  const client = makeClient(url, { isLasting: false });
  // Told by the call that fails.
  client.on('error', () => {});
  try {
    await client.connect();
    const startedAt = performance.now();
    await withinTime(client.ping());
    const answerMs = performance.now() - startedAt;
    const info = await withinTime(client.info('server'));
    return { version: /^redis_version:(\S+)/m.exec(info)?.[1] ?? 'of no known version', answerMs };
  } finally {
    client.destroy();
  }
}

function subscribeTo(
  client: RedisClient,
  channel: string,
  hear: (message: string) => void,
  onGap: () => void,
): () => void {
  const listening = client.duplicate();
  let hasBegun = false;
  // Told to the log by the connection that asks.
  listening.on('error', () => {});
  listening.on('ready', () => {
    // The client itself subscribes again after it was away, and is ready when that is done.
    if (hasBegun) return onGap();
    hasBegun = true;
    listening.subscribe(channel, hear).then(onGap, () => {
      hasBegun = false;
    });
  });
  void listening.connect().catch(() => {});
  return () => listening.destroy();
}

// The client's own timeout ends with the writing of a command: a Redis that hangs would hold its callers for ever.
async function withinTime<T>(work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const giveUp = () => reject(new Error(`no answer within ${commandTimeoutMs} ms`));
  // Where this process itself stood still, the answer is there and unread: it is read before immediates are run.
  const timer = setTimeout(() => setImmediate(giveUp), commandTimeoutMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

// Loaded when first used: its 650 modules take a sixth of the start, and most starts have no Redis.
function makeClient(url: string, { isLasting } = { isLasting: true }) {
  const { createClient } = createRequire(import.meta.url)('redis') as typeof import('redis');
  return createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: 5_000,
    socket: {
      connectTimeout: 2_000,
      // A connection on which not even a ping is answered is given up, with all that waits on it.
      socketTimeout: 12_000,
      reconnectStrategy: (tries) => isLasting && Math.min(100 * 2 ** tries, 3_000),
    },
  });
}
