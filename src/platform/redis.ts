import { createRequire } from 'node:module';
import type { Logger } from './log.ts';

export type RedisClient = ReturnType<typeof makeClient>;
export type RedisConnection = {
  client: RedisClient;
  isReady(): boolean;
  close(): Promise<void>;
};

/**
 * Opens a connection that comes back by itself. Redis holds only what can be rebuilt, so nothing waits
 * for it: commands fail at once while it is away, and every caller has another way.
 */
export function openRedis(url: string, log: Logger): RedisConnection {
  const client = makeClient(url);
  let wasReady: boolean | null = null;
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
    isReady: () => client.isReady,
    close: async () => client.destroy(),
  };
}

// Loaded when first used: its 650 modules take a sixth of the start, and most starts have no Redis.
function makeClient(url: string) {
  const { createClient } = createRequire(import.meta.url)('redis') as typeof import('redis');
  return createClient({
    url,
    disableOfflineQueue: true,
    commandOptions: { timeout: 500 },
    pingInterval: 10_000,
    socket: { connectTimeout: 2_000, reconnectStrategy: (tries) => Math.min(100 * 2 ** tries, 3_000) },
  });
}
