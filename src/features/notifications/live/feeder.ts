import type { Clock } from '#platform/clock.ts';
import type { Db } from '#platform/db/database.ts';
import type { Logger } from '#platform/log.ts';
import { createSparseWarn } from '#platform/sparse-log.ts';
import { newsAtOnce, readNews, type News } from '../queries/news.ts';
import { newsMessage, readyMessage, resetMessage } from './messages.ts';
import type { Stream, Streams } from './streams.ts';

export type Feeder = {
  /** Has these streams read for, soon and together with others. */
  feed(some: Iterable<Stream>): void;
  forget(stream: Stream): void;
  close(): void;
};

/** Hints are gathered for so long: one reading for all who were told of something, and not one for each. */
const gatherMs = 25;
const streamsAtOnce = 2_000;

/**
 * Reads what is new to the streams that may have something, by one statement for all of them, and sends it. One reading
 * at a time: a slow database makes them larger, not more.
 */
export function createFeeder(of: { db: Db; clock: Clock; log: Logger; streams: Streams }): Feeder {
  const { db, clock, log, streams } = of;
  const hungry = new Set<Stream>();
  const warn = createSparseWarn();
  let timer: NodeJS.Timeout | undefined;
  let isReading = false;
  let isClosed = false;
  const schedule = () => {
    if (hungry.size > 0 && !isReading && !isClosed) timer ??= setTimeout(() => void read(), gatherMs);
  };
  const feed = (some: Iterable<Stream>) => {
    for (const stream of some) hungry.add(stream);
    schedule();
  };
  async function read(): Promise<void> {
    timer = undefined;
    isReading = true;
    const batch = [...hungry].slice(0, streamsAtOnce);
    for (const stream of batch) hungry.delete(stream);
    try {
      const found = await readNews(db, batch, clock.now());
      if (!isClosed) for (const news of found) deliver(streams, news, feed);
    } catch (error) {
      // Their turn comes again within seconds.
      warn(log, 'news', { err: error }, 'streams: news cannot be read; it comes when the database answers');
    }
    isReading = false;
    schedule();
  }
  return {
    feed,
    forget: (stream) => void hungry.delete(stream),
    close() {
      isClosed = true;
      clearTimeout(timer);
      hungry.clear();
    },
  };
}

function deliver(
  streams: Streams,
  { key, isAlive, position, items }: News,
  feed: (some: Stream[]) => void,
): void {
  const stream = streams.get(key);
  if (!stream) return;
  if (!isAlive) return streams.end(stream, 'sessionEnded');
  const { after } = stream;
  const isMore = items.length === newsAtOnce;
  stream.after = (isMore ? items.at(-1)?.sequence : undefined) ?? position;
  const text = textOf(after, position, items);
  if (text !== '') streams.write(stream, text);
  if (isMore) feed([stream]);
}

/** What a stream is sent that has had all up to `after`. */
export function textOf(after: number | null, position: number, items: News['items']): string {
  if (after === null) return readyMessage(position);
  if (after > position) return resetMessage(position);
  return items.map(newsMessage).join('');
}
