/** Takes bytes out of a stream in portions of the reader's choice. */
export type ByteReader = {
  /** So many bytes, fewer only at the end. */
  take(count: number): Promise<Buffer>;
  /** Up to and without the next line feed; undefined where none comes within `limit` bytes. */
  takeLine(limit: number): Promise<string | undefined>;
  isAtEnd(): Promise<boolean>;
  /** Ends the source, read or not. */
  close(): Promise<void>;
};

const lineFeed = 0x0a;

export function openByteReader(source: AsyncIterable<Buffer>): ByteReader {
  const iterator = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);
  let isOver = false;

  const fill = async (count: number) => {
    const parts: Buffer[] = [held];
    for (let length = held.length; length < count && !isOver;) {
      const next = await iterator.next();
      if (next.done === true) {
        isOver = true;
        break;
      }
      parts.push(next.value);
      length += next.value.length;
    }
    if (parts.length > 1) held = Buffer.concat(parts);
  };
  const cut = (count: number) => {
    const taken = held.subarray(0, count);
    held = held.subarray(count);
    return taken;
  };
  return {
    async take(count) {
      await fill(count);
      return cut(count);
    },
    async takeLine(limit) {
      await fill(limit);
      const end = held.subarray(0, limit).indexOf(lineFeed);
      if (end === -1) return undefined;
      const line = cut(end).toString('latin1');
      cut(1);
      return line;
    },
    async isAtEnd() {
      await fill(1);
      return held.length === 0;
    },
    async close() {
      await iterator.return?.();
    },
  };
}
