import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import { enrollmentListRoutes } from './routes/enrollment-lists.ts';
import { enrollmentRoutes } from './routes/enrollments.ts';
import { reviewRoutes } from './routes/reviews.ts';

export function enrollmentsRoutes(app: App, deps: Deps): void {
  enrollmentRoutes(app, deps);
  enrollmentListRoutes(app, deps);
  reviewRoutes(app, deps);
}
