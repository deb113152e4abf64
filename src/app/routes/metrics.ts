import type { OpenDeps } from '#app/deps.ts';
import type { App } from '#platform/http/types.ts';

/** Prometheus text. A proxy in front must not pass it on. */
export function metricsRoute(app: App, { metrics }: OpenDeps): void {
  app.get(
    '/metrics',
    { schema: { hide: true }, config: { access: 'public', limit: 'none' } },
    async (_request, reply) => {
      const text = await metrics.registry.metrics();
      return reply.type(metrics.registry.contentType).send(text);
    },
  );
}
