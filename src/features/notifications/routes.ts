import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import type { Hub } from './live/hub.ts';
import { eventRoutes } from './routes/events.ts';
import { notificationRoutes } from './routes/notifications.ts';
import { preferenceRoutes } from './routes/preferences.ts';

export { createHub, type Hub } from './live/hub.ts';

export function notificationsRoutes(app: App, deps: Deps, hub: Hub): void {
  preferenceRoutes(app, deps);
  notificationRoutes(app, deps);
  eventRoutes(app, deps, hub);
}
