import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import { createRender } from '#platform/rendered.ts';
import { attemptListRoutes } from './routes/attempt-lists.ts';
import { attemptRoutes } from './routes/attempts.ts';
import { questionRoutes } from './routes/questions.ts';
import { quizRoutes } from './routes/quizzes.ts';

export function assessmentRoutes(app: App, deps: Deps): void {
  const render = createRender();
  quizRoutes(app, deps);
  questionRoutes(app, deps, render);
  attemptRoutes(app, deps, render);
  attemptListRoutes(app, deps);
}
