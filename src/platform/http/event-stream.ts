import type { Socket } from 'node:net';
import type { ServerResponse } from 'node:http';
import type { Reply, Request } from './types.ts';

export const eventStreamType = 'text/event-stream';

/** Never kept, and passed on as it comes: nginx would gather it, and who compresses gathers too. */
export const eventStreamHeaders = {
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
} as const;

/**
 * Begins an answer without an end and hands over its connection. The route declares `isStream`: the figures then count
 * the time until now, and the line in the log comes at the end, also where the client leaves without a word.
 */
export function beginEventStream(request: Request, reply: Reply): ServerResponse {
  reply.headers(eventStreamHeaders).type(eventStreamType).hijack();
  reply.beganAfterMs = reply.elapsedTime;
  reply.raw.writeHead(200, reply.getHeaders() as Record<string, string>);
  // Messages are small, and each is to arrive at once. A client may have left already.
  const socket: Socket | null = request.raw.socket;
  socket?.setNoDelay(true);
  return reply.raw;
}
