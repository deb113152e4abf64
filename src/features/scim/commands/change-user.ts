import { changeProvisionedAccount } from '#features/identity/commands/provisioned-accounts.ts';
import { leaveManagedGroups } from '#features/roles/commands/managed-groups.ts';
import { linkSubject, unlinkSubject } from '#features/sso/commands/provisioned-identities.ts';
import { changed } from '#platform/audit/audit.ts';
import type { Provisioner } from '#platform/auth/provisioner.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound, preconditionFailed } from '#platform/errors.ts';
import type { Said } from '../person.ts';
import { refusalOfTouching } from '../policy.ts';
import { findPowers, findUser, lockUser, markRemoved, putUser, type UserRow } from '../queries/users.ts';
import { accountOf, fieldsOf } from '../said.ts';
import { isVersion, versionOfUser } from '../version.ts';

/** Which user, and the versions that the client means: null for any. */
export type Wanted = { userId: string; versions: readonly string[] | null };

/**
 * Brings somebody up to what the connection says now; `say` tells it from what they were. Sessions of who is deactivated
 * end at once. 403 for who may do more than a directory gives, 404, 409 `user_name_taken` and `email_taken`, 412.
 */
export async function changeUser(
  deps: Deps,
  provisioner: Provisioner,
  wanted: Wanted,
  say: (before: UserRow) => Promise<Said> | Said,
): Promise<UserRow> {
  const of = { connectionId: provisioner.connectionId, userId: wanted.userId };
  const done = await inTransaction(deps.db, async (tx) => {
    const before = await hold(tx, provisioner, wanted);
    const said = await say(before);
    const isActive = said.isActive ?? before.is_active;
    const fields = fieldsOf(said, { isActive });
    const facts = changed(factsOf(before), factsOf(fields));
    if (facts) {
      await putUser(tx, of, fields, deps.clock.now());
      await deps.audit.record(tx, { action: 'scim_user.changed', targetId: of.userId, ...facts });
    }
    // Who was deactivated by hand stays so while the connection only repeats itself.
    const toAccount = { ...said, isActive: isActive === before.is_active ? undefined : isActive };
    const ended = await changeProvisionedAccount(deps, tx, of.userId, accountOf(toAccount, provisioner));
    const unlinked = await followSubject(deps, tx, provisioner, { before, externalId: said.externalId });
    const row = await findUser(tx, of);
    if (!row) throw notFound('User');
    return { row, ended: [...ended, ...unlinked] };
  });
  deps.sessions.tellEnded(done.ended);
  return done.row;
}

/**
 * Lets go of somebody: their account is deactivated, they leave the connection's groups, and are unknown to it until it
 * brings them again. What they are is not erased. 403, 404, 412.
 */
export async function removeUser(deps: Deps, provisioner: Provisioner, wanted: Wanted): Promise<void> {
  const { connectionId } = provisioner;
  const { userId } = wanted;
  const sessions = await inTransaction(deps.db, async (tx) => {
    const before = await hold(tx, provisioner, wanted);
    await leaveManagedGroups(deps, tx, { connectionId, userId });
    const said = { isVouchedFor: false, isActive: false };
    const ended = await changeProvisionedAccount(deps, tx, userId, said);
    const unlinked = await followSubject(deps, tx, provisioner, { before, externalId: null });
    await markRemoved(tx, { connectionId, userId }, deps.clock.now());
    await deps.audit.record(tx, {
      action: 'scim_user.removed',
      targetId: userId,
      before: { connectionId },
    });
    return [...ended, ...unlinked];
  });
  deps.sessions.tellEnded(sessions);
}

async function hold(tx: Tx, { connectionId }: Provisioner, { userId, versions }: Wanted): Promise<UserRow> {
  const of = { connectionId, userId };
  const row = await lockUser(tx, of);
  const powers = row && (await findPowers(tx, of));
  if (!row || !powers) throw notFound('User');
  if (!isVersion(versions, versionOfUser(row))) throw preconditionFailed();
  const refusal = refusalOfTouching(powers);
  if (refusal) throw refusal;
  return row;
}

async function followSubject(
  deps: Deps,
  tx: Tx,
  { providerId }: Provisioner,
  { before, externalId }: { before: UserRow; externalId: string | null },
): Promise<string[]> {
  const { id: userId, external_id: was } = before;
  if (providerId === null || was === externalId) return [];
  const ended = was === null ? [] : await unlinkSubject(deps, tx, { userId, providerId, subject: was });
  if (externalId !== null) await linkSubject(deps, tx, { userId, providerId, subject: externalId });
  return ended;
}

type Kept = Pick<UserRow, 'user_name' | 'external_id' | 'display_name' | 'given_name' | 'family_name'> & {
  email_type: string | null;
  is_active: boolean;
};

function factsOf(row: Kept) {
  return {
    userName: row.user_name,
    externalId: row.external_id,
    displayName: row.display_name,
    givenName: row.given_name,
    familyName: row.family_name,
    emailType: row.email_type,
    isActive: row.is_active,
  };
}
