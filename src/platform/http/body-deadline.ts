import type { FastifyInstance } from 'fastify';
import { refuseUnreadable } from './problems.ts';

/**
 * How long a body may take, but for uploads: the server's own limit is one for all requests, and uploads take long.
 * Answers 408 and closes the connection.
 */
export function useBodyDeadline(app: FastifyInstance, timeoutMs: number): void {
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
      else
        refuseUnreadable(Object.assign(new Error('too slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
    }, timeoutMs);
    timer.unref();
    raw.once('close', () => clearTimeout(timer));
    done();
  });
}
