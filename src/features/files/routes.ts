import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import { attachmentRoutes } from './routes/attachments.ts';
import { contentRoutes } from './routes/content.ts';
import { fileRoutes } from './routes/files.ts';
import { lessonFileRoutes } from './routes/lesson-file.ts';
import { pictureRoutes } from './routes/pictures.ts';
import { uploadRoutes } from './routes/uploads.ts';

export function filesRoutes(app: App, deps: Deps): void {
  fileRoutes(app, deps);
  contentRoutes(app, deps);
  uploadRoutes(app, deps);
  lessonFileRoutes(app, deps);
  attachmentRoutes(app, deps);
  pictureRoutes(app, deps);
}
