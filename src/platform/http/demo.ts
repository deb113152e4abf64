import type { FastifyInstance } from 'fastify';
import { forbidden } from '#platform/errors.ts';

/** Refuses what declares `isClosedInDemo`, to everybody: in a demonstration all share a few accounts. */
export function closeForDemo(app: FastifyInstance): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const isClosed = request.routeOptions.config.isClosedInDemo === true;
    done(isClosed ? forbidden('This demonstration does not do that.', 'closed_in_demo') : undefined);
  });
}
