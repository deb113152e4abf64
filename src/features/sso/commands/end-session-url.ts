import * as oidc from 'openid-client';
import { settingsOf } from '../provider-settings.ts';
import { unavailableOf, type SignOnDeps } from '../provider-client.ts';
import { findProviderOfSession } from '../queries/providers.ts';
import { signInContext } from './admit.ts';

/**
 * Where a browser logs out at the provider by which a session came (OpenID Connect RP-Initiated Logout 1.0). Undefined
 * where it came by none, where that has no such address, or is away: the session has ended here whatever it is.
 */
export async function endSessionUrlOf(deps: SignOnDeps, sessionId: string): Promise<string | undefined> {
  const found = await findProviderOfSession(deps.db, sessionId);
  if (!found?.idToken) return undefined;
  try {
    const client = await deps.providers.of(settingsOf(deps, found));
    if (client.serverMetadata().end_session_endpoint === undefined) return undefined;
    const idToken = deps.encryption.decrypt(found.idToken, signInContext(found.signInId));
    return oidc.buildEndSessionUrl(client, { id_token_hint: idToken }).href;
  } catch (error) {
    const reason = unavailableOf(error)?.failure ?? 'id_token_not_opened';
    deps.log.warn({ providerId: found.id, reason }, 'single sign-on: no logout at the provider');
    return undefined;
  }
}
