import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import { mailAdminRoutes } from './routes/mails.ts';
import { outboxRoutes } from './routes/outbox.ts';
import { unsubscribePageRoutes, unsubscribeRoutes } from './routes/unsubscribe.ts';

export function mailRoutes(app: App, deps: Deps): void {
  unsubscribeRoutes(app, deps);
  mailAdminRoutes(app, deps);
}

/** What stands at the root of the server, without the API's prefix. */
export function mailPageRoutes(app: App, deps: Deps): void {
  unsubscribePageRoutes(app, deps);
  outboxRoutes(app, deps);
}
