import { hasOwnWayToSignIn, lockAccount } from '#features/identity/commands/external-accounts.ts';
import { endSignIns } from '#features/identity/commands/login-codes.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Person } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { identityUnlinked } from '../events.ts';
import { refusalOfUnlinking } from '../policy.ts';
import { deleteIdentity, listSignInsOf, lockIdentities } from '../queries/identities.ts';

/** Removes a link of one's own, and ends the sessions that came by it. 404, 409 `last_sign_in_way`. */
export async function unlinkIdentity(deps: Deps, { userId }: Person, id: string): Promise<void> {
  const ended = await inTransaction(deps.db, async (tx) => {
    await lockAccount(tx, userId);
    const links = await lockIdentities(tx, userId);
    const link = links.find((each) => each.id === id);
    if (!link) throw notFound('Link');
    const otherLinks = links.filter((each) => each.id !== id && each.is_active).length;
    const refusal = refusalOfUnlinking({ hasOwnWay: await hasOwnWayToSignIn(tx, userId), otherLinks });
    if (refusal) throw refusal;
    return removeLink(deps, tx, userId, link);
  });
  deps.sessions.tellEnded(ended);
}

/**
 * Removes the links that were made since then, for who undoes what somebody else did: the last way too, since they choose
 * a new password. The account is locked, and all its sessions have ended.
 */
export async function unlinkSince(
  deps: Deps,
  tx: Tx,
  { userId, since }: { userId: string; since: Date },
): Promise<void> {
  const links = await lockIdentities(tx, userId);
  for (const link of links.filter((each) => each.created_at >= since))
    await removeLink(deps, tx, userId, link);
}

/** Returns the sessions that came by it and have ended, to be told of after the commit. */
async function removeLink(
  deps: Deps,
  tx: Tx,
  userId: string,
  { id, provider_id: providerId }: { id: string; provider_id: string },
): Promise<string[]> {
  const sessions = await endSignIns(deps, tx, await listSignInsOf(tx, id), 'unlinked');
  await deleteIdentity(tx, id);
  const data = { userId, identityId: id, providerId };
  const before = { providerId };
  await deps.audit.record(tx, { action: 'identity.unlinked', by: { userId }, targetId: userId, before });
  await deps.events.publish(tx, fact(identityUnlinked, userId, deps.clock.now(), data));
  return sessions;
}
