import { createHash } from 'node:crypto';
import { pack, type Pack } from 'tar-stream';
import { checksumLine, entryNames, type Counts } from './archive.ts';
import { BackupError } from './backup-error.ts';

export type ArchiveEntries = {
  /** Adds a file of exactly so many bytes. */
  add(name: string, sizeBytes: number, content: AsyncIterable<Buffer> | Iterable<Buffer>): Promise<void>;
  addText(name: string, text: string): Promise<void>;
  addFolder(name: string): Promise<void>;
  /** Writes the checksums that are due, and counts all that was added so far. */
  sum(): Promise<Counts>;
};

const linesAtOnce = 1_000;

/**
 * The bytes of an archive as they are asked for; `fill` adds its entries one after the other, and no faster than they are
 * read. `signal` is aborted where the reader stops early.
 */
export async function* writeArchive(
  fill: (entries: ArchiveEntries, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<Buffer> {
  const stream = pack();
  // Whoever reads is told by the loop below; without a listener the error would end the process.
  stream.on('error', () => {});
  const stopped = new AbortController();
  const filling = fill(entriesOf(stream), stopped.signal).then(
    () => stream.finalize(),
    (error: unknown) => stream.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  try {
    for await (const chunk of stream) yield chunk as Buffer;
    await filling;
  } finally {
    stopped.abort();
    stream.destroy();
    await filling;
  }
}

function entriesOf(stream: Pack): ArchiveEntries {
  const all = createHash('sha256');
  let lines: string[] = [];
  let [count, sizeBytes, flushes] = [0, 0, 0];

  const write = async (
    name: string,
    size: number,
    content: AsyncIterable<Buffer> | Iterable<Buffer>,
  ): Promise<Buffer> => {
    const hash = createHash('sha256');
    const entry = stream.entry({ name, size, mode: 0o600 });
    entry.on('error', () => {});
    let left = size;
    for await (const chunk of content) {
      left -= chunk.length;
      if (left < 0) break;
      hash.update(chunk);
      if (!entry.write(chunk)) await drained(entry);
    }
    if (left !== 0) throw new BackupError(`${name} changed its size while it was read. Try again.`);
    entry.end(null);
    return hash.digest();
  };
  const flush = async () => {
    if (lines.length === 0) return;
    flushes += 1;
    const text = Buffer.from(lines.join(''));
    lines = [];
    await write(`${entryNames.checksums}${String(flushes).padStart(8, '0')}`, text.length, [text]);
  };
  const add: ArchiveEntries['add'] = async (name, size, content) => {
    const line = checksumLine(name, await write(name, size, content));
    all.update(line);
    count += 1;
    sizeBytes += size;
    if (lines.push(line) === linesAtOnce) await flush();
  };
  return {
    add,
    async addText(name, text) {
      const bytes = Buffer.from(text);
      await add(name, bytes.length, [bytes]);
    },
    async addFolder(name) {
      stream.entry({ name, type: 'directory', mode: 0o700 });
    },
    async sum() {
      await flush();
      return { count, sizeBytes, sha256: all.copy().digest('hex') };
    },
  };
}

type Drainable = {
  once(event: 'drain' | 'close', heard: () => void): unknown;
  off(event: 'drain' | 'close', heard: () => void): unknown;
};

function drained(stream: Drainable): Promise<void> {
  return new Promise((resolve, reject) => {
    const onDrain = () => {
      stream.off('close', onClose);
      resolve();
    };
    const onClose = () => {
      stream.off('drain', onDrain);
      reject(new Error('The archive is not read any more.'));
    };
    stream.once('drain', onDrain);
    stream.once('close', onClose);
  });
}
