import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { createAgents, createGuard, type Agents, type Guard } from './agents.ts';
import { failureOf, type Failure } from './failure.ts';
import { createResolve, type Resolve } from './resolve.ts';

export type OutboundOptions = {
  /** Lets requests go to this machine and its networks: for development and tests. */
  allowPrivateAddresses: boolean;
  /** Looks names up; by default at the DNS servers of this machine. */
  resolve?: Resolve;
  /** PEM, in place of the authorities that the system knows. */
  certificateAuthorities?: string;
  /** For all of a request: name, connection, TLS, headers and body. */
  timeoutMs?: number;
  /** Of an answer, before it is cut off. */
  maxAnswerBytes?: number;
  /** Of an answer, from its beginning, that are given back. */
  keptAnswerBytes?: number;
};

export type OutboundRequest = {
  /** http or https, without credentials. */
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
  signal: AbortSignal;
};
/** Without a body. */
export type OutboundGet = Omit<OutboundRequest, 'body'>;

/** `status` is null where there was none; `failure` is null where the answer was read or cut off at its limit. */
export type OutboundAnswer = {
  status: number | null;
  body: string | null;
  contentType: string | null;
  failure: Failure | null;
  durationMs: number;
};

export type OutboundHttp = {
  /**
   * Posts to an address that somebody else gave us. Follows no redirect, reads no more than the limits allow and takes
   * no longer. Fails, as an answer, whatever the other side does; rejects only when `signal` is aborted.
   */
  post(request: OutboundRequest): Promise<OutboundAnswer>;
  /** The same for reading. */
  get(request: OutboundGet): Promise<OutboundAnswer>;
  /** Ends connections kept open. */
  close(): void;
};

type Limits = { timeoutMs: number; maxAnswerBytes: number; keptAnswerBytes: number };
type Exchange = { status: number; contentType: string | null; kept: Buffer };
type Outgoing = OutboundGet & { body: string | null };

export function createOutboundHttp(options: OutboundOptions): OutboundHttp {
  const guard = createGuard(options.resolve ?? createResolve(), options.allowPrivateAddresses);
  const kept = createAgents(guard, true, options.certificateAuthorities);
  const fresh = createAgents(guard, false, options.certificateAuthorities);
  const { timeoutMs = 10_000, maxAnswerBytes = 65_536, keptAnswerBytes = 10_240 } = options;
  const limits = { timeoutMs, maxAnswerBytes, keptAnswerBytes };
  const send = async (request: Outgoing): Promise<OutboundAnswer> => {
    const startedAt = performance.now();
    const durationMs = () => Math.round(performance.now() - startedAt);
    try {
      const { kept: bytes, ...answer } = await exchange(request, guard, [kept, fresh], limits);
      return { ...answer, body: textOf(bytes), failure: null, durationMs: durationMs() };
    } catch (error) {
      request.signal.throwIfAborted();
      const failure = failureOf(error, timeoutMs);
      return { status: null, body: null, contentType: null, failure, durationMs: durationMs() };
    }
  };
  return {
    post: send,
    get: (request) => send({ ...request, body: null }),
    close() {
      kept.close();
      fresh.close();
    },
  };
}

async function exchange(
  { url: address, signal, ...content }: Outgoing,
  guard: Guard,
  agents: readonly [kept: Agents, fresh: Agents],
  limits: Limits,
): Promise<Exchange> {
  const url = new URL(address);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  // A name is checked when it is looked up; an address is not looked up.
  if (isIP(host) !== 0) guard.check(host);
  const ending = new AbortController();
  const timer = setTimeout(() => {
    ending.abort(Object.assign(new Error('too slow'), { name: 'TimeoutError' }));
  }, limits.timeoutMs);
  const stop = () => ending.abort(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    return await sendOnce(url, content, agents[0], limits, ending.signal).catch((error: unknown) => {
      // The other side may close a kept connection at the moment in which it is used again: that was no answer.
      if (!(error instanceof StaleConnection)) throw error;
      return sendOnce(url, content, agents[1], limits, ending.signal);
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

class StaleConnection extends Error {}

function sendOnce(
  url: URL,
  { headers, body }: Pick<Outgoing, 'headers' | 'body'>,
  agents: Agents,
  limits: Limits,
  signal: AbortSignal,
): Promise<Exchange> {
  const { promise, resolve, reject } = Promise.withResolvers<Exchange>();
  const options = {
    method: body === null ? 'GET' : 'POST',
    headers: { ...headers, ...(body !== null && { 'content-length': Buffer.byteLength(body) }) },
    maxHeaderSize: 16_384,
  };
  const outgoing: ClientRequest =
    url.protocol === 'https:'
      ? requestHttps(url, { ...options, agent: agents['https:'] })
      : requestHttp(url, { ...options, agent: agents['http:'] });
  const fail = (error: unknown) => {
    const isStale = outgoing.reusedSocket && isReset(error) && !signal.aborted;
    reject(isStale ? new StaleConnection() : (error as Error));
    outgoing.destroy();
  };
  const onAbort = () => fail(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  outgoing.on('error', fail);
  outgoing.once('upgrade', ({ statusCode = 0 }, socket) => {
    socket.destroy();
    resolve({ status: statusCode, contentType: null, kept: Buffer.alloc(0) });
  });
  outgoing.once('response', (incoming) => {
    readAnswer(incoming, limits).then(resolve, reject);
  });
  outgoing.end(body ?? undefined);
  return promise.finally(() => signal.removeEventListener('abort', onAbort));
}

async function readAnswer(incoming: IncomingMessage, limits: Limits): Promise<Exchange> {
  const kept: Buffer[] = [];
  let size = 0;
  // Leaving the loop early ends the connection: the rest, however long, is never read.
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    if (size < limits.keptAnswerBytes) kept.push(chunk.subarray(0, limits.keptAnswerBytes - size));
    size += chunk.length;
    if (size > limits.maxAnswerBytes) break;
  }
  return {
    status: incoming.statusCode ?? 0,
    contentType: incoming.headers['content-type'] ?? null,
    kept: Buffer.concat(kept),
  };
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

// PostgreSQL stores no U+0000; what is no UTF-8 becomes U+FFFD.
function textOf(bytes: Buffer): string {
  return new TextDecoder().decode(bytes).replaceAll('\u0000', '\uFFFD');
}
