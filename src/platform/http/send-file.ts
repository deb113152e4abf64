import { Readable } from 'node:stream';
import { AppError } from '#platform/errors.ts';
import { contentDisposition } from './content-disposition.ts';
import { rangeOf, type ByteRange } from './byte-range.ts';
import { matchesTag } from './etag.ts';
import type { Reply, Request } from './types.ts';

export type SentFile = {
  sizeBytes: number;
  /** Of the bytes: the strong ETag comes from it. */
  sha256: Buffer;
  /** As found by looking at the bytes, never as an uploader claimed it. */
  contentType: string;
  /** Any text; `fallbackName` is plain ASCII, for what knows no other. */
  fileName: string;
  fallbackName: string;
  disposition: 'inline' | 'attachment';
  /** Default: `private, no-cache`, so that the right to read is asked for each time. */
  cacheControl?: string;
  /** The bytes: all, or a range, both ends inclusive. Not called where only headers are asked for. */
  open(range?: ByteRange): Promise<Readable>;
  /** Where the bytes can be had directly, for a short time; null, or none, where `open` gives them. */
  address?(): Promise<string | null>;
};

// What is shown must not act: no script of an SVG or HTML file runs, and none has the origin of the API. PDF viewers of
// browsers do not start in a sandbox; a PDF has no access to the origin that it came from.
const inert =
  "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'";
const policyOf = (type: string) =>
  type === 'application/pdf' ? `${inert}; object-src 'self'` : `${inert}; sandbox`;

/**
 * Answers with a stored file (RFC 9110): 304 by `If-None-Match`; one range by `Range` with `If-Range`, 416 where it lies
 * behind the end, the whole file for several; or 302 to the store. What `open` throws is thrown before anything is sent.
 * The stream ends with the answer, also where the client goes away.
 */
export async function sendFile(request: Request, reply: Reply, file: SentFile): Promise<Reply> {
  const etag = etagOf(file.sha256);
  const isHead = request.method === 'HEAD';
  const headers = {
    etag,
    'accept-ranges': 'bytes',
    'cache-control': file.cacheControl ?? 'private, no-cache',
    'content-security-policy': policyOf(file.contentType),
  };
  if (matchesTag(request.headers['if-none-match'], etag))
    return reply
      .status(304)
      .headers(headers)
      .send(isHead ? nothing() : undefined);
  // Ranges are defined for GET alone.
  const range = isHead ? undefined : wantedRange(request, etag, file.sizeBytes);
  const address = await file.address?.();
  if (address != null) return reply.header('cache-control', 'private, no-store').redirect(address, 302);
  const { start, end } = range ?? { start: 0, end: file.sizeBytes - 1 };
  // Before any header, since it may fail.
  const body = isHead ? nothing() : await file.open(range);
  if (range) reply.status(206).header('content-range', `bytes ${start}-${end}/${file.sizeBytes}`);
  return reply
    .type(file.contentType)
    .headers({
      ...headers,
      'content-length': end - start + 1,
      'content-disposition': contentDisposition(file.fileName, file.fallbackName, file.disposition),
    })
    .send(body);
}

function wantedRange(request: Request, etag: string, sizeBytes: number): ByteRange | undefined {
  const { range: header, 'if-range': condition } = request.headers;
  // By a strong tag alone: files carry no date.
  if (condition !== undefined && String(condition).trim() !== etag) return undefined;
  const range = rangeOf(header, sizeBytes);
  if (range !== 'unsatisfiable') return range;
  throw new AppError(
    416,
    'range_not_satisfiable',
    `The file has ${sizeBytes} bytes; the range lies behind them.`,
    {
      headers: { 'content-range': `bytes */${sizeBytes}` },
    },
  );
}

function etagOf(sha256: Buffer): string {
  return `"${sha256.toString('base64url')}"`;
}

/** A body of HEAD: Fastify would take the length of a text for that of the file. */
function nothing(): Readable {
  return Readable.from([]);
}
