import { leaveManagedGroups } from '#features/roles/commands/managed-groups.ts';
import { linkSubject } from '#features/sso/commands/provisioned-identities.ts';
import type { Tx } from '#platform/db/database.ts';
import { unlessTaken } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { deleteUserSince, listSubjectsOf } from '../queries/taken-back.ts';

/**
 * Makes somebody unknown to the directories that took their account up since then, for who undoes what somebody else did: it
 * had an address that was not theirs. They leave the groups that it put them in. A directory that had them before has them
 * still, and they sign in by what it calls them, also where that link went meanwhile. The account is locked.
 */
export async function letGoSince(
  deps: Deps,
  tx: Tx,
  { userId, since }: { userId: string; since: Date },
): Promise<void> {
  for (const connectionId of await deleteUserSince(tx, { userId, since })) {
    await leaveManagedGroups(deps, tx, { connectionId, userId });
    await deps.audit.record(tx, {
      action: 'scim_user.removed',
      by: { userId },
      targetId: userId,
      before: { connectionId },
    });
  }
  for (const subject of await listSubjectsOf(tx, userId))
    await unlessTaken(
      tx,
      () => linkSubject(deps, tx, { userId, ...subject }),
      async () => undefined,
    );
}
