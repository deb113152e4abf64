import { addAbortSignal, Readable } from 'node:stream';
import { ZipFile } from 'yazl';

export type Bytes = AsyncIterable<Buffer | string> | Iterable<Buffer | string>;

export type Zip = {
  /**
   * Adds a file and waits until it is read. `name`: a path of parts between slashes, none of them `..`. `sizeBytes` of what is
   * packed already and stays as it is; without it, the text is made smaller.
   */
  add(name: string, content: Bytes, modifiedAt: Date, sizeBytes?: number): Promise<void>;
};

// From here on sizes do not fit into the fields of the first format of ZIP.
const largeBytes = 0xffff_ffff;

/**
 * The bytes of a ZIP archive as they are asked for; `fill` adds its files one after the other, and no faster than they are
 * read. `signal` is aborted where the reader stops early.
 */
export async function* writeZip(
  fill: (zip: Zip, signal: AbortSignal) => Promise<void>,
): AsyncGenerator<Buffer> {
  const file = new ZipFile();
  // It is a PassThrough, whatever its types say.
  const output = file.outputStream as Readable;
  // Whoever reads is told by the loop below; without listeners the errors would end the process.
  output.on('error', () => {});
  file.on('error', (error: Error) => output.destroy(error));
  const stopped = new AbortController();
  const filling = fill(zipOf(file, stopped.signal), stopped.signal).then(
    () => file.end(),
    (error: unknown) => void output.destroy(error instanceof Error ? error : new Error(String(error))),
  );
  try {
    for await (const chunk of output) yield chunk as Buffer;
    await filling;
  } finally {
    stopped.abort();
    output.destroy();
    await filling;
  }
}

function zipOf(file: ZipFile, signal: AbortSignal): Zip {
  return {
    add: (name, content, modifiedAt, sizeBytes) =>
      new Promise((resolve, reject) => {
        const source = addAbortSignal(signal, Readable.from(content, { objectMode: false }));
        // Of its errors the library would hear nothing, and wait for ever.
        source.on('error', reject);
        source.on('end', resolve);
        file.addReadStream(source, name, {
          mtime: modifiedAt,
          compress: sizeBytes === undefined,
          forceZip64Format: (sizeBytes ?? 0) >= largeBytes,
        });
      }),
  };
}
