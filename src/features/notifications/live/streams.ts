import type { StreamPlace } from '../queries/news.ts';
import { endMessage, type EndReason } from './messages.ts';

/** Where a stream is written to: what of `http.ServerResponse` is used. */
export type Sink = {
  write(text: string): unknown;
  end(text?: string): unknown;
  destroy(): unknown;
  readonly writableLength: number;
};
/** What there is of a stream beside its connection: no timer and no buffer of its own. */
export type Stream = StreamPlace & { sink: Sink };

export type Streams = {
  count(): number;
  all(): Iterable<Stream>;
  get(key: number): Stream | undefined;
  /** In the order in which they were opened. */
  of(userId: string): readonly Stream[];
  add(of: Omit<Stream, 'key'>): Stream;
  remove(stream: Stream): void;
  /** Drops the stream of a client that does not read: it comes back, and goes on where it was. */
  write(stream: Stream, text: string): void;
  end(stream: Stream, reason: EndReason): void;
};

// What may wait for a client that does not read, beside what the kernel holds.
const maxBufferedBytes = 256 * 1024;

/** The streams that are open in this process. */
export function createStreams(): Streams {
  const byKey = new Map<number, Stream>();
  const byUser = new Map<string, readonly Stream[]>();
  let lastKey = 0;
  const of = (userId: string) => byUser.get(userId) ?? [];
  const remove = (stream: Stream) => {
    if (!byKey.delete(stream.key)) return;
    const left = of(stream.userId).filter((each) => each !== stream);
    if (left.length > 0) byUser.set(stream.userId, left);
    else byUser.delete(stream.userId);
  };
  return {
    count: () => byKey.size,
    all: () => byKey.values(),
    get: (key) => byKey.get(key),
    of,
    add(fields) {
      const stream = { key: (lastKey += 1), ...fields };
      byKey.set(stream.key, stream);
      byUser.set(stream.userId, [...of(stream.userId), stream]);
      return stream;
    },
    remove,
    write(stream, text) {
      stream.sink.write(text);
      if (stream.sink.writableLength <= maxBufferedBytes) return;
      remove(stream);
      stream.sink.destroy();
    },
    end(stream, reason) {
      remove(stream);
      stream.sink.end(endMessage(reason));
    },
  };
}
