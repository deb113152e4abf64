import { endSignIns } from '#features/identity/commands/login-codes.ts';
import { hashToken } from '#platform/crypto.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { notFound, unavailable } from '#platform/errors.ts';
import { refused, verifyLogoutToken } from '../logout-token.ts';
import { unavailableOf, type SignOnDeps } from '../provider-client.ts';
import { settingsOf } from '../provider-settings.ts';
import { listSignInsAt } from '../queries/identities.ts';
import { findActiveProvider, type ProviderRow } from '../queries/providers.ts';
import { spendLogoutToken } from '../queries/transactions.ts';

/**
 * Ends the sessions that a provider says are over there, at once and on every node. Of nobody known it ends none. 400 for a
 * token that does not count, or that came before; 404 for no such provider; 503 where its keys cannot be read.
 */
export async function backChannelLogout(deps: SignOnDeps, key: string, token: string): Promise<void> {
  const provider = await findActiveProvider(deps.db, 'oidc', key);
  if (!provider) throw notFound('Provider');
  const { jti, ...whom } = await verified(deps, provider, token);
  const now = deps.clock.now();
  const ended = await inTransaction(deps.db, async (tx) => {
    const spent = { providerId: provider.id, jtiHash: hashToken(jti), now };
    if (!(await spendLogoutToken(tx, spent))) throw refused();
    const signIns = await listSignInsAt(tx, { providerId: provider.id, ...whom });
    return endSignIns(deps, tx, signIns, 'ended_by_provider');
  });
  deps.sessions.tellEnded(ended);
}

async function verified(deps: SignOnDeps, provider: ProviderRow, token: string) {
  const { subject = 'sub' } = provider.claims;
  try {
    return await verifyLogoutToken(await deps.providers.whole(settingsOf(deps, provider)), token, subject);
  } catch (error) {
    const failure = unavailableOf(error)?.failure;
    if (failure === undefined) throw error;
    deps.log.warn(
      { providerId: provider.id, reason: failure },
      'single sign-on: a logout could not be verified',
    );
    throw unavailable('The provider’s keys cannot be read. Try again.');
  }
}
