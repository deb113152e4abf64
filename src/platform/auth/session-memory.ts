import type { RedisConnection } from '#platform/redis.ts';
import type { Signals } from '#platform/signals.ts';
import type { Person } from './actor.ts';

/**
 * What a process knows of sessions beside the database. Each entry lives as long as an access token, after which no
 * token of the session is valid anyway. What is missing says nothing: the database is asked.
 */
export type SessionMemory = {
  /** Known to be over. An ended session never comes back, so this needs no second opinion. */
  isEnded(sessionId: string): boolean;
  /** The database says it is over. */
  noteEnded(sessionId: string): void;
  /** After the commit that ended them: tells every process, and Redis for those that start later. */
  tellEnded(sessionIds: readonly string[]): void;
  /** What Redis says; false too where it cannot be asked. At most a quarter of a second. */
  isEndedInRedis(sessionId: string): Promise<boolean>;
  /** The person as the database last knew them; kept only where tokens may be taken without it. */
  recall(sessionId: string): Person | undefined;
  remember(person: Person): void;
};

export type SessionMemoryOptions = {
  redis: RedisConnection | null;
  signals: Signals;
  tokenLifetimeSeconds: number;
  /** ACCESS_TOKEN_BLACKLIST_FAIL_CLOSED=false. */
  keepsActors: boolean;
};

// Of each kind. The oldest makes room: it is asked of the database again.
const maxEntries = 50_000;
const keyOf = (sessionId: string) => `ended-session:${sessionId}`;

export function createSessionMemory(options: SessionMemoryOptions): SessionMemory {
  const { redis, signals, tokenLifetimeSeconds, keepsActors } = options;
  const ended = createExpiring<true>(tokenLifetimeSeconds * 1000);
  const actors = createExpiring<Person>(tokenLifetimeSeconds * 1000);
  signals.listen({
    hear(topic, ids) {
      if (topic === 'sessionEnded') for (const id of ids) ended.set(id, true);
    },
    miss() {},
  });
  return {
    isEnded: (sessionId) => ended.get(sessionId) === true,
    noteEnded: (sessionId) => ended.set(sessionId, true),
    tellEnded(sessionIds) {
      signals.tell('sessionEnded', sessionIds);
      if (!redis?.isReady() || sessionIds.length === 0) return;
      const write = async () => {
        const entries = sessionIds.map((id) =>
          redis.client.set(keyOf(id), '1', { expiration: { type: 'EX', value: tokenLifetimeSeconds } }),
        );
        await Promise.all(entries);
      };
      // Where it fails the database still knows; `ask` has told the log.
      redis.ask(write).catch(() => {});
    },
    async isEndedInRedis(sessionId) {
      if (!redis?.isReady()) return false;
      const found = await redis.ask(() => redis.client.exists(keyOf(sessionId))).catch(() => 0);
      // It may be emptied before it is asked again.
      if (found > 0) ended.set(sessionId, true);
      return found > 0;
    },
    recall: (sessionId) => actors.get(sessionId),
    remember(person) {
      if (keepsActors) actors.set(person.sessionId, person);
    },
  };
}

// By the process's own clock, since tokens expire in real time too.
function createExpiring<T>(lifetimeMs: number) {
  const entries = new Map<string, { value: T; until: number }>();
  return {
    get(key: string): T | undefined {
      const entry = entries.get(key);
      return entry && performance.now() < entry.until ? entry.value : undefined;
    },
    set(key: string, value: T): void {
      // Anew, so that the map is in the order of age.
      entries.delete(key);
      entries.set(key, { value, until: performance.now() + lifetimeMs });
      const oldest = entries.size > maxEntries ? entries.keys().next().value : undefined;
      if (oldest !== undefined) entries.delete(oldest);
    },
  };
}
