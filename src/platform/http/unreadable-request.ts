import type { Socket } from 'node:net';
import { AppError } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { problemType, renderProblem } from './problems.ts';

type Headers = Readonly<Record<string, unknown>>;
export type RefuseUnreadable = (
  error: ClientError,
  socket: Socket,
  of?: { id: string; headers: Headers },
) => void;

/**
 * Answers what the parser cannot read as HTTP, so that no request came of it, or a request that does not end; and closes
 * the connection. `guards`: of every answer. `of`: what is known of the request.
 */
export function createUnreadableRefusal(guards: Headers): RefuseUnreadable {
  return (error, socket, { id, headers } = { id: newId(), headers: guards }) =>
    refuseUnreadable(error, socket, { id, headers: { ...headers, 'x-request-id': id } });
}

function refuseUnreadable(
  error: ClientError,
  socket: Socket,
  { id, headers: known }: { id: string; headers: Headers },
): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, line, detail] = unreadable[error.code ?? ''] ?? [
    400,
    'Bad Request',
    'This is not a valid HTTP request.',
  ];
  const body = renderProblem(new AppError(status, 'invalid', detail), id);
  const headers = {
    ...known,
    'content-type': problemType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    connection: 'close',
  };
  const head = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
  socket.end(`HTTP/1.1 ${status} ${line}\r\n${head.join('')}\r\n${body}`);
}

type ClientError = Error & { code?: string };
const unreadable: Record<string, [number, string, string]> = {
  HPE_HEADER_OVERFLOW: [
    431,
    'Request Header Fields Too Large',
    'The headers are larger than this server takes.',
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'Request Timeout', 'The request did not arrive in time.'],
};
