import type { IncomingHttpHeaders } from 'node:http';
import type { OpenDeps } from '#app/deps.ts';
import { AppError } from '#platform/errors.ts';
import type { App } from '#platform/http/types.ts';

/**
 * Prometheus text, for whoever asks this process itself. What came through a proxy came from outside, and gets 404: also
 * where the proxy in front is not ours and passes everything on.
 */
export function metricsRoute(app: App, { metrics }: OpenDeps): void {
  app.get(
    '/metrics',
    { schema: { hide: true }, config: { access: 'public', limit: 'none' } },
    async (request, reply) => {
      if (isPassedOn(request.headers)) throw new AppError(404, 'not_found', 'Nothing has this address.');
      const text = await metrics.registry.metrics();
      return reply.type(metrics.registry.contentType).send(text);
    },
  );
}

function isPassedOn(headers: IncomingHttpHeaders): boolean {
  return ['x-forwarded-for', 'x-forwarded-proto', 'forwarded', 'via'].some(
    (name) => headers[name] !== undefined,
  );
}
