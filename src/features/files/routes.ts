import type { Deps } from '#platform/deps.ts';
import { createInHand } from '#platform/http/in-hand.ts';
import type { App } from '#platform/http/types.ts';
import { attachmentRoutes } from './routes/attachments.ts';
import { contentRoutes } from './routes/content.ts';
import { fileRoutes } from './routes/files.ts';
import { lessonFileRoutes } from './routes/lesson-file.ts';
import { pictureRoutes } from './routes/pictures.ts';
import { uploadRoutes } from './routes/uploads.ts';

/** Bodies of one person that one process takes at a time: each holds room in the store before it counts for the quota. */
const uploadsInHand = 3;

export function filesRoutes(app: App, deps: Deps): void {
  const inHand = createInHand(uploadsInHand);
  fileRoutes(app, deps, inHand);
  contentRoutes(app, deps);
  uploadRoutes(app, deps, inHand);
  lessonFileRoutes(app, deps);
  attachmentRoutes(app, deps);
  pictureRoutes(app, deps);
}
