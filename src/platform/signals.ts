import { newId } from './ids.ts';
import type { RedisConnection } from './redis.ts';

/** `news`: people of whom there is some. `sessionEnded`: sessions that are over for good. */
export type Topic = 'news' | 'sessionEnded';
const topics: readonly Topic[] = ['news', 'sessionEnded'];

export type SignalListener = {
  hear(topic: Topic, ids: readonly string[]): void;
  /** Others may have told something meanwhile that never came: the connection was away. */
  miss(): void;
};

/**
 * Hints between processes: that there is something to read in the database, never what. Told after the commit. In this
 * process they arrive at once; by Redis in all others. One that is lost is no harm, only a delay: who listens also looks
 * from time to time.
 */
export type Signals = {
  tell(topic: Topic, ids: readonly string[]): void;
  /** Returns what ends it. */
  listen(listener: SignalListener): () => void;
  close(): void;
};

const channel = 'lms:signals';
// Told together by one command: a class that learns at once makes many a moment.
const gatherMs = 10;

export function openSignals(redis: RedisConnection | null): Signals {
  const self = newId();
  const listeners = new Set<SignalListener>();
  const waiting = new Map<Topic, Set<string>>();
  let timer: NodeJS.Timeout | undefined;
  let stopHearing: (() => void) | undefined;
  const send = () => {
    timer = undefined;
    for (const [topic, ids] of waiting) {
      const message = [self, topic, ...ids].join(' ');
      // Where it fails, the others' next look finds the news; `ask` has told the log.
      if (redis?.isReady()) redis.ask(() => redis.client.publish(channel, message)).catch(() => {});
    }
    waiting.clear();
  };
  const receive = (message: string) => {
    const [sender, topic, ...ids] = message.split(' ');
    const known = topics.find((each) => each === topic);
    if (sender === self || !known) return;
    for (const listener of listeners) listener.hear(known, ids);
  };
  return {
    tell(topic, ids) {
      if (ids.length === 0) return;
      for (const listener of listeners) listener.hear(topic, ids);
      if (!redis) return;
      const gathered = waiting.get(topic) ?? new Set();
      for (const id of ids) gathered.add(id);
      waiting.set(topic, gathered);
      timer ??= setTimeout(send, gatherMs);
    },
    listen(listener) {
      listeners.add(listener);
      stopHearing ??= redis?.subscribe(channel, receive, () => {
        for (const each of listeners) each.miss();
      });
      return () => void listeners.delete(listener);
    },
    close() {
      clearTimeout(timer);
      stopHearing?.();
      listeners.clear();
    },
  };
}
