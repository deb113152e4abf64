import { unavailable } from '#platform/errors.ts';
import type { Deps } from '#platform/deps.ts';
import { createFeeder, type Feeder } from './feeder.ts';
import { heartbeat, retryMessage } from './messages.ts';
import { createStreams, type Sink, type Stream, type Streams } from './streams.ts';

export type HubOptions = Pick<Deps, 'db' | 'clock' | 'log' | 'signals'> & {
  maxStreams: number;
  maxStreamsPerPerson: number;
};

export type Hub = {
  /** Begins a stream on a sink whose head is written. Of a person with too many the oldest ends. */
  open(sink: Sink, of: { userId: string; sessionId: string; after: number | null }): Stream;
  /** Throws 503 where this process has as many as it may, or stops. */
  requireRoom(): void;
  /** The connection is gone. */
  forget(stream: Stream): void;
  count(): number;
  /** Ends all of them, within half a second: a restart does not wait for streams. */
  close(): Promise<void>;
};

const tickMs = 1_000;
// In ticks. A hint can be lost and a session can expire: every stream is looked after this often in any case.
const pollTicks = 3;
const heartbeatTicks = 15;
const farewellMs = 500;

/**
 * Sends people their news. A hint says who has some, the database says what. Where no hint comes, the same is found
 * within seconds, as are sessions that are over.
 */
export function createHub({ maxStreams, maxStreamsPerPerson, signals, ...deps }: HubOptions): Hub {
  const streams = createStreams();
  const feeder = createFeeder({ ...deps, streams });
  let ticking: NodeJS.Timeout | undefined;
  let isClosed = false;
  const stopListening = signals.listen({
    hear(topic, ids) {
      if (streams.count() === 0) return;
      if (topic === 'news') return feeder.feed(ids.flatMap((id) => streams.of(id)));
      const ended = new Set(ids);
      feeder.feed([...streams.all()].filter(({ sessionId }) => ended.has(sessionId)));
    },
    miss: () => feeder.feed(streams.all()),
  });
  return {
    requireRoom() {
      if (isClosed || streams.count() >= maxStreams)
        throw unavailable('This server takes no more streams for the moment. Try again.');
    },
    open(sink, of) {
      const stream = streams.add({ sink, ...of });
      const own = streams.of(of.userId);
      if (own.length > maxStreamsPerPerson && own[0]) streams.end(own[0], 'tooManyStreams');
      ticking ??= startTicking(streams, feeder);
      streams.write(stream, retryMessage(Math.random));
      feeder.feed([stream]);
      return stream;
    },
    forget(stream) {
      streams.remove(stream);
      feeder.forget(stream);
      if (streams.count() > 0) return;
      clearInterval(ticking);
      ticking = undefined;
    },
    count: () => streams.count(),
    async close() {
      isClosed = true;
      stopListening();
      feeder.close();
      clearInterval(ticking);
      const open = [...streams.all()];
      for (const stream of open) streams.end(stream, 'restart');
      await untilSent(open.map(({ sink }) => sink));
    },
  };
}

/** One timer for all streams. Each tick serves a share of them, so that the work is even. */
function startTicking(streams: Streams, feeder: Feeder): NodeJS.Timeout {
  let tick = 0;
  return setInterval(() => {
    tick += 1;
    const due: Stream[] = [];
    for (const stream of streams.all()) {
      if ((stream.key + tick) % heartbeatTicks === 0) streams.write(stream, heartbeat);
      if ((stream.key + tick) % pollTicks === 0) due.push(stream);
    }
    feeder.feed(due);
  }, tickMs);
}

/** A client that does not read its end is cut off. */
async function untilSent(sinks: readonly Sink[]): Promise<void> {
  const deadline = performance.now() + farewellMs;
  const isWaiting = () => sinks.some((sink) => sink.writableLength > 0);
  while (performance.now() < deadline && isWaiting())
    await new Promise((resolve) => void setTimeout(resolve, 20));
  for (const sink of sinks) if (sink.writableLength > 0) sink.destroy();
}
