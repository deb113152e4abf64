import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
export { accountPageRoutes } from './routes/pages.ts';
import { apiKeyRoutes } from './routes/api-keys.ts';
import { authRoutes } from './routes/auth.ts';
import { emailChangeRoutes } from './routes/email-changes.ts';
import { emailProofRoutes } from './routes/email-proof.ts';
import { emailVerificationRoutes } from './routes/email-verifications.ts';
import { loginExchangeRoutes } from './routes/login-exchanges.ts';
import { invitationRoutes } from './routes/invitations.ts';
import { impersonationRoutes } from './routes/impersonations.ts';
import { loginChallengeRoutes } from './routes/login-challenges.ts';
import { meRoutes } from './routes/me.ts';
import { ownPasswordRoutes } from './routes/own-password.ts';
import type { ByOwner } from './routes/pages.ts';
import { passkeyRoutes } from './routes/passkeys.ts';
import { recoveryCodeRoutes } from './routes/recovery-codes.ts';
import { sessionTokenRoutes, type EndSessionUrlOf } from './routes/session-tokens.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { stepUpRoutes } from './routes/step-up.ts';
import { suspensionRoutes } from './routes/suspension.ts';
import { totpRoutes } from './routes/totp.ts';
import { userFactorRoutes } from './routes/user-factors.ts';
import { userRoutes } from './routes/users.ts';

type Hooks = ByOwner & { endSessionUrlOf: EndSessionUrlOf };

export function identityRoutes(app: App, deps: Deps, hooks: Hooks): void {
  authRoutes(app, deps);
  sessionTokenRoutes(app, deps, hooks.endSessionUrlOf);
  loginChallengeRoutes(app, deps);
  loginExchangeRoutes(app, deps);
  stepUpRoutes(app, deps);
  emailVerificationRoutes(app, deps, hooks.eraseUndone);
  emailProofRoutes(app, deps);
  emailChangeRoutes(app, deps, hooks.takeBack);
  invitationRoutes(app, deps);
  meRoutes(app, deps);
  ownPasswordRoutes(app, deps);
  sessionRoutes(app, deps);
  totpRoutes(app, deps);
  recoveryCodeRoutes(app, deps);
  passkeyRoutes(app, deps);
  userRoutes(app, deps);
  suspensionRoutes(app, deps);
  impersonationRoutes(app, deps);
  userFactorRoutes(app, deps);
  apiKeyRoutes(app, deps);
}
