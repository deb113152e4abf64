import { createApp } from '#platform/http/app.ts';
import { unauthenticated } from '#platform/errors.ts';
import type { App } from '#platform/http/types.ts';
import type { OpenDeps } from './deps.ts';
import { healthRoutes } from './routes/health.ts';
import { metricsRoute } from './routes/metrics.ts';

/** What worker and scheduler serve on METRICS_PORT: health, readiness and metrics, to anyone. */
export async function createProbeServer(open: OpenDeps): Promise<App> {
  const { deps } = open;
  const app = await createApp({
    config: deps.config,
    log: deps.log,
    metrics: open.metrics,
    redis: null,
    authenticate: async () => {
      throw unauthenticated('Nobody signs in here.');
    },
    idempotency: deps,
  });
  metricsRoute(app, open);
  app.register(async (api) => healthRoutes(api as App, open), { prefix: deps.config.apiV1Prefix });
  return app;
}
