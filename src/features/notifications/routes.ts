import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import { preferenceRoutes } from './routes/preferences.ts';

export function notificationsRoutes(app: App, deps: Deps): void {
  preferenceRoutes(app, deps);
}
