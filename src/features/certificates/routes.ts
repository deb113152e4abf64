import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import { certificateRoutes } from './routes/certificates.ts';
import { pdfRoutes } from './routes/pdf.ts';
import { verificationPageRoutes as pageRoutes, verificationRoutes } from './routes/verification.ts';

export function certificatesRoutes(app: App, deps: Deps): void {
  certificateRoutes(app, deps);
  pdfRoutes(app, deps);
  verificationRoutes(app, deps);
}

/** What stands at the root of the server, without the API's prefix. */
export function verificationPageRoutes(app: App, deps: Deps): void {
  pageRoutes(app, deps);
}
