import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import { deliveryRoutes } from './routes/deliveries.ts';
import { eventRoutes } from './routes/events.ts';
import { webhookRoutes } from './routes/webhooks.ts';

export function webhooksRoutes(app: App, deps: Deps): void {
  eventRoutes(app, deps);
  webhookRoutes(app, deps);
  deliveryRoutes(app, deps);
}
