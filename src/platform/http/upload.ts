import type { Socket } from 'node:net';
import multipart from '@fastify/multipart';
import { AppError, invalid } from '#platform/errors.ts';
import type { App, Request } from './types.ts';

export type FormFile = { fileName: string; content: AsyncIterable<Buffer>; signal: AbortSignal };

export type ReceiveOptions<T> = {
  /** A request that says it is longer, with room for a form around it, is refused before it is read. */
  limitBytes: number;
  /** Within such a time at least a kilobyte must come. */
  idleTimeoutMs: number;
  tooLarge: () => AppError;
  /** Takes the file in, all of it, before anything else of the form is known. */
  take: (file: FormFile) => Promise<T>;
  /** Undoes it where the rest of the form is wrong. */
  undo: (taken: T) => Promise<void>;
};

const formOverheadBytes = 65_536;
const leastBytes = 1_024;
const lingerMs = 2_000;
const limits = {
  fieldNameSize: 100,
  fieldSize: 1_000,
  fields: 2,
  files: 2,
  parts: 3,
  headerPairs: 20,
  headerSize: 8_192,
  // Counted by the caller, who cuts as soon as there is too much.
  fileSize: Number.MAX_SAFE_INTEGER,
};

/** Routes that take a form with files, and no other body: 415. Nothing else of the server reads forms. */
export function acceptForms(app: App, add: (scope: App) => void): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    await scope.register(multipart, { limits, throwFileSizeLimit: false });
    scope.addContentTypeParser('*', (_request, _payload, done) =>
      done(unsupported('Send the file as multipart/form-data.')),
    );
    acceptRest(scope);
    add(scope);
  });
}

/** Routes that take bytes of whatever type, but no form. */
export function acceptBytes(app: App, add: (scope: App) => void): void {
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.addContentTypeParser('multipart/form-data', (_request, _payload, done) =>
      done(unsupported('Send the bytes themselves, without a form.')),
    );
    acceptRest(scope);
    add(scope);
  });
}

/** The one file of a form, part `file`. Throws 400 for any other form, 408 where it does not go on, 413, 415. */
export async function receiveForm<T>(request: Request, options: ReceiveOptions<T>): Promise<T> {
  if (!request.isMultipart()) throw unsupported('Send the file as multipart/form-data.');
  refuseLength(request, options.limitBytes + formOverheadBytes, options.tooLarge);
  const watch = watchArrival(request, options.idleTimeoutMs);
  const taken: T[] = [];
  let isTaking = false;
  try {
    for await (const part of request.parts()) {
      if (part.type !== 'file' || part.fieldname !== 'file') throw unknownPart(part.fieldname);
      if (taken.length > 0) throw invalid('The form has more than one file.', [oneFile]);
      isTaking = true;
      const file = { fileName: part.filename ?? '', content: readable(part.file), signal: watch.signal };
      taken.push(await options.take(file).finally(() => part.file.destroy()));
      isTaking = false;
    }
    const [first] = taken;
    if (first === undefined) throw invalid('The form has no file.', [oneFile]);
    return first;
  } catch (error) {
    await Promise.all(taken.map(options.undo));
    throw watch.signal.aborted ? watch.signal.reason : isTaking ? error : problemOfForm(error);
  } finally {
    watch.stop();
  }
}

/** All bytes of a body, as they come. */
export async function receiveBytes<T>(
  request: Request,
  options: Omit<ReceiveOptions<T>, 'take' | 'undo'>,
  take: (content: AsyncIterable<Buffer>, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  refuseLength(request, options.limitBytes, options.tooLarge);
  const watch = watchArrival(request, options.idleTimeoutMs);
  try {
    // Left open: by it the answer goes, too.
    const content: AsyncIterable<Buffer> = request.raw.iterator({ destroyOnReturn: false });
    return await take(readable(content), watch.signal);
  } catch (error) {
    throw watch.signal.aborted ? watch.signal.reason : error;
  } finally {
    watch.stop();
  }
}

/**
 * A body that is refused half-way is read on for a moment, unused: a client that is still sending would meet a closed
 * connection instead of the answer. Also one that asked for the connection to be closed, as proxies do.
 */
function acceptRest(scope: App): void {
  scope.addHook('onSend', async ({ raw }, reply, payload) => {
    if (!raw.complete) reply.raw.shouldKeepAlive = true;
    return payload;
  });
  scope.addHook('onResponse', async ({ raw }) => {
    // Node takes the socket away from a request whose client has gone.
    const socket: Socket | null = raw.socket;
    if (raw.complete || !socket || socket.destroyed) return;
    raw.unpipe();
    raw.resume();
    const end = setTimeout(() => socket.destroy(), lingerMs);
    raw.once('end', () => {
      clearTimeout(end);
      if (/close/i.test(raw.headers.connection ?? '')) socket.destroySoon();
    });
    raw.once('close', () => clearTimeout(end));
  });
}

function refuseLength(request: Request, limitBytes: number, tooLarge: () => AppError): void {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes) throw tooLarge();
}

// Aborted where the client goes away or does not go on. While what it sent waits to be taken, the client is not late.
function watchArrival({ raw }: Request, idleTimeoutMs: number): { signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  // Kept: Node takes it away from a request whose client has gone.
  const socket: Socket | null = raw.socket;
  const bytesRead = () => socket?.bytesRead ?? 0;
  let before = bytesRead();
  const timer = setInterval(() => {
    const arrived = bytesRead() - before;
    before += arrived;
    if (raw.complete || arrived >= leastBytes || raw.readableLength >= leastBytes) return;
    controller.abort(new AppError(408, 'timeout', 'The upload did not go on in time.', { headers: closing }));
  }, idleTimeoutMs);
  const onClose = () => {
    if (!raw.complete)
      controller.abort(new AppError(400, 'invalid', 'The upload broke off.', { headers: closing }));
  };
  raw.once('close', onClose);
  return {
    signal: controller.signal,
    stop() {
      clearInterval(timer);
      raw.off('close', onClose);
    },
  };
}

const closing = { connection: 'close' };
const oneFile = {
  path: '/file',
  code: 'one_file',
  message: 'The form must have one part, the file, named "file".',
};

async function* readable(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* source;
  } catch (error) {
    throw problemOfForm(error);
  }
}

function unknownPart(name: string): AppError {
  const reason = { ...oneFile, path: `/${name.slice(0, 100)}`, code: 'unknown_field' };
  return new AppError(400, 'unknown_field', 'The form has a part that is unknown or no file.', {
    errors: [reason],
  });
}

function unsupported(message: string): AppError {
  return new AppError(415, 'unsupported_media_type', message);
}

/** What the reader of forms throws is about what the client sent. */
function problemOfForm(error: unknown): unknown {
  if (error instanceof AppError) return error;
  const { code } = error as { code?: string };
  if (code === 'FST_PARTS_LIMIT' || code === 'FST_FILES_LIMIT' || code === 'FST_FIELDS_LIMIT')
    return invalid('The form has more than one file.', [oneFile]);
  return invalid('The form cannot be read, or broke off.', [
    { code: 'form_malformed', message: 'It must be whole and as RFC 7578 says.' },
  ]);
}
