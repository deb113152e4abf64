import { hasOwnWayToSignIn, lockAccount } from '#features/identity/commands/external-accounts.ts';
import type { Person } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { refusalOfUnlinking } from '../policy.ts';
import { lockIdentities } from '../queries/identities.ts';
import { dropIdentity } from './drop-identity.ts';

/** Removes a link of one's own with what it gave, and ends the sessions that came by it. 404, 409 `last_sign_in_way`. */
export async function unlinkIdentity(deps: Deps, { userId }: Person, id: string): Promise<void> {
  const ended = await inTransaction(deps.db, async (tx) => {
    await lockAccount(tx, userId);
    const links = await lockIdentities(tx, userId);
    const link = links.find((each) => each.id === id);
    if (!link) throw notFound('Link');
    const otherLinks = links.filter((each) => each.id !== id && each.is_active).length;
    const refusal = refusalOfUnlinking({ hasOwnWay: await hasOwnWayToSignIn(tx, userId), otherLinks });
    if (refusal) throw refusal;
    return dropIdentity(deps, tx, link, userId);
  });
  deps.sessions.tellEnded(ended);
}

/** Whether somebody can sign in by a provider today. Their links stay as they are until the transaction ends. */
export async function hasLink(tx: Tx, userId: string): Promise<boolean> {
  return (await lockIdentities(tx, userId)).some((link) => link.is_active);
}

/**
 * Removes the links that were made since then with what they gave, for who undoes what somebody else did: the last way too,
 * since they choose a new password. The account is locked, and all its sessions have ended.
 */
export async function unlinkSince(
  deps: Deps,
  tx: Tx,
  { userId, since }: { userId: string; since: Date },
): Promise<void> {
  for (const link of await lockIdentities(tx, userId))
    if (link.created_at >= since) await dropIdentity(deps, tx, link, userId);
}
