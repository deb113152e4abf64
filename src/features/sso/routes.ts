import type { Deps } from '#platform/deps.ts';
import type { App } from '#platform/http/types.ts';
import { endSessionUrlOf } from './commands/end-session-url.ts';
import { createProviderClients, type ProviderClients } from './provider-client.ts';
import { backChannelLogoutRoutes } from './routes/back-channel-logout.ts';
import { identityLinkRoutes } from './routes/identities.ts';
import { providerRoutes } from './routes/providers.ts';
import { samlRoutes } from './routes/saml.ts';
import { signOnRoutes } from './routes/sign-on.ts';
export { createProviderClients };

export function ssoRoutes(app: App, deps: Deps, providers: ProviderClients): void {
  providerRoutes(app, deps);
  signOnRoutes(app, deps, providers);
  samlRoutes(app, deps);
  backChannelLogoutRoutes(app, deps, providers);
  identityLinkRoutes(app, deps);
}

/** For the logout: where to log out at the provider, too. */
export function endSessionUrlsOf(deps: Deps, providers: ProviderClients) {
  return (sessionId: string) => endSessionUrlOf({ ...deps, providers }, sessionId);
}
