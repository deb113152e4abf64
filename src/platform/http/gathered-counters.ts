import type { RedisConnection } from '#platform/redis.ts';

export type Used = { count: number; msLeft: number };

/**
 * Counts in this process, at no cost to the request, and adds up with the other processes by Redis five times a second.
 * So a budget may be passed by what all processes together let through in that time; what must be exact is counted
 * elsewhere. Without Redis each process counts for itself. Windows begin with the minute, on every node at once.
 */
export type GatheredCounters = {
  /** One more of this key; how many that makes in the window. */
  add(key: string): Used;
  close(): void;
};

type Entry = {
  /** Known to Redis, of all processes. */
  shared: number;
  /** Counted here since. */
  unsent: number;
};

const windowMs = 60_000;
const gatherMs = 200;
// Beyond this the oldest begin anew: whoever commands so many addresses is no matter of counting.
const maxKeys = 200_000;

export function createGatheredCounters(redis: RedisConnection | null, now: () => number): GatheredCounters {
  let window = 0;
  let entries = new Map<string, Entry>();
  let changed = new Map<string, Entry>();
  let timer: NodeJS.Timeout | undefined;
  const begin = (current: number) => {
    if (current === window) return;
    window = current;
    entries = new Map();
    changed = new Map();
  };
  const schedule = () => {
    timer ??= setTimeout(() => void send(), gatherMs).unref();
  };
  // One at a time: what is on its way must not be sent again.
  const send = async () => {
    if (redis?.isReady()) {
      const [sent, of] = [changed, window];
      changed = new Map();
      const all = async () => Promise.all([...sent].map(([key, entry]) => add(redis, of, key, entry)));
      // Where it fails the counts stay unsent, and go with the next change of theirs.
      await redis.ask(all).catch(() => {});
    }
    timer = undefined;
    if (changed.size > 0 && redis?.isReady()) schedule();
  };
  return {
    add(key) {
      const at = now();
      begin(Math.floor(at / windowMs));
      let entry = entries.get(key);
      if (!entry) {
        entry = { shared: 0, unsent: 0 };
        entries.set(key, entry);
        const oldest = entries.size > maxKeys ? entries.keys().next().value : undefined;
        if (oldest !== undefined) entries.delete(oldest);
      }
      entry.unsent += 1;
      if (redis) {
        changed.set(key, entry);
        schedule();
      }
      return { count: entry.shared + entry.unsent, msLeft: windowMs - (at % windowMs) };
    },
    close: () => clearTimeout(timer),
  };
}

async function add(redis: RedisConnection, window: number, key: string, entry: Entry): Promise<void> {
  const sent = entry.unsent;
  const name = `limit:${key}:${window}`;
  // Awaited together: of one that is awaited after the other, nobody would hear that both failed.
  const [total] = await Promise.all([
    redis.client.incrBy(name, sent),
    redis.client.expire(name, (2 * windowMs) / 1000),
  ]);
  entry.unsent -= sent;
  // A Redis that was emptied knows less than this process does.
  entry.shared = Math.max(entry.shared + sent, total);
}
