import { endSignIns } from '#features/identity/commands/login-codes.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { identityUnlinked } from '../events.ts';
import { deleteIdentities, listSignInsOf, type LinkRow } from '../queries/identities.ts';
import { takeGiven } from './follow-groups.ts';

/**
 * Takes a link away with what its sign-ins gave: what nobody gave by hand would stay for good. Returns the sessions that
 * came by it and have ended, to be told after the commit.
 */
export async function dropIdentity(
  deps: Deps,
  tx: Tx,
  link: LinkRow,
  by: string | null = null,
): Promise<string[]> {
  const { id: identityId, user_id: userId, provider_id: providerId } = link;
  await takeGiven(deps, tx, link);
  const ended = await endSignIns(deps, tx, await listSignInsOf(tx, identityId), 'unlinked');
  await deleteIdentities(tx, [identityId]);
  const before = { providerId };
  await deps.audit.record(tx, {
    action: 'identity.unlinked',
    ...(by !== null && { by: { userId: by } }),
    targetId: userId,
    before,
  });
  await deps.events.publish(
    tx,
    fact(identityUnlinked, by, deps.clock.now(), { userId, identityId, providerId }),
  );
  return ended;
}
