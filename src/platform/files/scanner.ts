import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, unavailable } from '#platform/errors.ts';

/** `found`: what the scanner calls it; null where there is nothing. */
export type Verdict = { found: string | null };
export type ScanOutcome = 'clean' | 'infected' | 'failed';

export type Scanner = {
  /**
   * Looks at all of the content, streamed. Throws 503 where the scanner is away, slow or fails: what was not looked
   * at is not let in. Throws 413 where the content is larger than the scanner takes.
   */
  scan(content: Readable): Promise<Verdict>;
};

export type ScannerOptions = {
  /** `tcp://HOST:PORT` or `unix:/PATH`. */
  url: string;
  /** Without a word from the scanner for so long, it is away. */
  timeoutMs?: number;
  count?: (outcome: ScanOutcome) => void;
};

const longestReply = 4_096;

/** A clamd, asked by INSTREAM: https://docs.clamav.net/manual/Usage/Scanning.html#clamd, one connection a scan. */
export function createScanner({ url, timeoutMs = 60_000, count = () => {} }: ScannerOptions): Scanner {
  return {
    async scan(content) {
      try {
        const verdict = verdictOf(await ask(url, timeoutMs, content));
        count(verdict.found === null ? 'clean' : 'infected');
        return verdict;
      } catch (error) {
        count('failed');
        throw error;
      }
    },
  };
}

async function ask(url: string, timeoutMs: number, content: Readable): Promise<string> {
  const socket = open(url);
  socket.setTimeout(timeoutMs, () => socket.destroy(new Error('The virus scanner did not answer in time.')));
  const reply = replyOf(socket);
  // Both are looked at below, whichever comes first.
  reply.catch(() => {});
  let sourceError: Error | undefined;
  content.once('error', (error: Error) => (sourceError = error));
  const sending = pipeline(content, framed, socket, { end: false });
  sending.catch(() => {});
  try {
    // One that has heard enough answers, and closes, before all is sent.
    await Promise.race([reply, sending]).catch(() => {});
    if (sourceError !== undefined) throw sourceError;
    return await reply.catch((error: unknown) => {
      throw away(error);
    });
  } finally {
    socket.destroy();
    content.destroy();
  }
}

function open(url: string): Socket {
  if (url.startsWith('unix:')) return connect({ path: url.replace(/^unix:(?:\/\/(?=\/))?/, '') });
  const { hostname, port } = new URL(url);
  return connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
}

// Each chunk behind its length; a length of 0 ends it.
async function* framed(content: AsyncIterable<Buffer>) {
  yield Buffer.from('zINSTREAM\0');
  for await (const chunk of content) {
    if (chunk.length === 0) continue;
    const length = Buffer.alloc(4);
    length.writeUInt32BE(chunk.length);
    yield length;
    yield chunk;
  }
  yield Buffer.alloc(4);
}

async function replyOf(socket: Socket): Promise<string> {
  const failed = once(socket, 'close').then(() => {
    throw new Error('The virus scanner closed the connection.');
  });
  const read = async () => {
    let text = '';
    for await (const chunk of socket.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      text += chunk.toString('latin1');
      if (text.includes('\0') || text.length > longestReply) break;
    }
    if (text === '') throw new Error('The virus scanner gave no answer.');
    return text.replace(/\0[^]*$/, '').trim();
  };
  return Promise.race([read(), failed]);
}

function verdictOf(reply: string): Verdict {
  const found = /^stream: (.{1,200}) FOUND$/.exec(reply)?.[1];
  if (found !== undefined) return { found };
  if (reply === 'stream: OK') return { found: null };
  if (/size limit exceeded/i.test(reply))
    throw new AppError(413, 'payload_too_large', 'The file is larger than the virus scanner takes.');
  throw away(new Error(`The virus scanner answered: ${reply.slice(0, 200)}`));
}

function away(cause: unknown): AppError {
  const error = unavailable('The virus scanner cannot be asked. Try again.');
  error.cause = cause;
  return error;
}
