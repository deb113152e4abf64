import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import { createRender } from '#platform/rendered.ts';
import { catalogueRoutes } from './routes/courses.ts';
import { lessonRoutes } from './routes/lessons.ts';
import { outlineRoutes } from './routes/outline.ts';
import { publicationRoutes } from './routes/publication.ts';
import { rightsRoutes } from './routes/rights.ts';
import { staffRoutes } from './routes/staff.ts';

export function courseRoutes(app: App, deps: Deps): void {
  const render = createRender();
  catalogueRoutes(app, deps, render);
  publicationRoutes(app, deps, render);
  outlineRoutes(app, deps);
  lessonRoutes(app, deps, render);
  staffRoutes(app, deps);
  rightsRoutes(app, deps);
}
