import { extensionOf } from './file-name.ts';
import { headBytes, typeOfBinary, typeOfMark } from './signatures.ts';
import { createTextCheck, typeOfText } from './text.ts';

export type Inspection = {
  /** The same bytes; throws `tooLarge` as soon as there are more than `limitBytes`. */
  content: AsyncGenerator<Buffer>;
  /** What it is, by content and never by name or claim. Known when all has been read. */
  mediaType(): string;
};

export type InspectOptions = { name: string; limitBytes: number; tooLarge: () => Error };

/** Looks at content while it streams by. Of the name, only kinds of plain text and of Office files are told. */
export function inspect(source: AsyncIterable<Buffer>, options: InspectOptions): Inspection {
  const text = createTextCheck();
  let head: Buffer = Buffer.alloc(0);
  let sizeBytes = 0;
  async function* content() {
    for await (const chunk of source) {
      sizeBytes += chunk.length;
      if (sizeBytes > options.limitBytes) throw options.tooLarge();
      if (head.length < headBytes) head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
      text.add(chunk);
      yield chunk;
    }
  }
  return { content: content(), mediaType: () => typeOf(head, text.end(), extensionOf(options.name)) };
}

function typeOf(head: Buffer, isText: boolean, extension: string): string {
  const marked = typeOfMark(head, extension);
  if (marked !== undefined) return marked;
  return (isText ? typeOfText(head, extension) : typeOfBinary(head)) ?? 'application/octet-stream';
}
