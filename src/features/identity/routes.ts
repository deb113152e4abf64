import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
export { accountPageRoutes } from './routes/pages.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { authRoutes } from './routes/auth.ts';
import { emailProofRoutes } from './routes/email-proof.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { meRoutes } from './routes/me.ts';
import { userRoutes } from './routes/users.ts';

export function identityRoutes(app: App, deps: Deps): void {
  authRoutes(app, deps);
  emailProofRoutes(app, deps);
  invitationRoutes(app, deps);
  meRoutes(app, deps);
  userRoutes(app, deps);
  apiKeyRoutes(app, deps);
}
