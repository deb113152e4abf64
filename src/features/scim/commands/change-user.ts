import { changeProvisionedAccount } from '#features/identity/commands/provisioned-accounts.ts';
import { leaveManagedGroups } from '#features/roles/commands/managed-groups.ts';
import { linkSubject, unlinkSubject } from '#features/sso/commands/provisioned-identities.ts';
import { changed } from '#platform/audit/audit.ts';
import type { Provisioner } from '#platform/auth/provisioner.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction, unlessTaken } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound, preconditionFailed } from '#platform/errors.ts';
import type { Said } from '../person.ts';
import { refusalOfTouching } from '../policy.ts';
import { findPowers, findUser, lockUser, markRemoved, putUser, type UserRow } from '../queries/users.ts';
import { accountOf, fieldsOf, permitted, withoutNames } from '../said.ts';
import { isVersion, versionOfUser } from '../version.ts';

/** Which user, and the versions that the client means: null for any. */
export type Wanted = { userId: string; versions: readonly string[] | null };

/**
 * Brings somebody up to what the connection says now; `say` tells it from what they were. Sessions of who is deactivated
 * end at once. Letting go depends on nothing else that is said: an address, a user name and an external id that cannot be
 * given stay as they were. 403 for who may do more than a directory gives, 404, 409 `user_name_taken` and `email_taken`, 412.
 */
export async function changeUser(
  deps: Deps,
  provisioner: Provisioner,
  wanted: Wanted,
  say: (before: UserRow) => Promise<Said> | Said,
): Promise<UserRow> {
  const done = await inTransaction(deps.db, async (tx) => {
    const before = await hold(tx, provisioner, wanted);
    const given = await say(before);
    const isActive = given.isActive ?? before.is_active;
    const said = permitted(given, provisioner, { email: before.email, isActive });
    const follow = (each: Said) => followSaid(deps, tx, provisioner, { before, said: each, isActive });
    if (isActive) return follow(said);
    return unlessTaken(
      tx,
      () => follow(said),
      () => follow(withoutNames(said, before)),
    );
  });
  deps.sessions.tellEnded(done.ended);
  return done.row;
}

type Followed = { before: UserRow; said: Said; isActive: boolean };

async function followSaid(
  deps: Deps,
  tx: Tx,
  provisioner: Provisioner,
  { before, said, isActive }: Followed,
): Promise<{ row: UserRow; ended: string[] }> {
  const of = { connectionId: provisioner.connectionId, userId: before.id };
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
