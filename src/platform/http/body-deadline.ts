import type { FastifyInstance } from 'fastify';
import type { RefuseUnreadable } from './unreadable-request.ts';

/**
 * How long a body may take, but for uploads: the server's own limit is one for all requests, and uploads take long.
 * Answers 408 and closes the connection.
 */
export function useBodyDeadline(app: FastifyInstance, timeoutMs: number, refuse: RefuseUnreadable): void {
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = request;
    // Kept: Node takes it away from a request whose client has gone.
    const { socket } = raw;
    const { 'content-length': length, 'transfer-encoding': encoding } = raw.headers;
    const hasBody = encoding !== undefined || (length !== undefined && length !== '0');
    if (!hasBody || request.routeOptions.config.isUpload) return done();
    const timer = setTimeout(() => {
      if (raw.complete) return;
      if (reply.raw.headersSent) socket.destroy();
      else {
        const error = Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
        refuse(error, socket, { id: request.id, headers: reply.getHeaders() });
      }
    }, timeoutMs);
    timer.unref();
    raw.once('close', () => clearTimeout(timer));
    done();
  });
}
