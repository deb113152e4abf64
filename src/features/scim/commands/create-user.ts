import { findAccountByEmail } from '#features/identity/commands/external-accounts.ts';
import {
  changeProvisionedAccount,
  createProvisionedAccount,
  type Provisioned,
} from '#features/identity/commands/provisioned-accounts.ts';
import { claimAccount } from '#features/sso/commands/claim-account.ts';
import { linkSubject, requireNoOtherSubject } from '#features/sso/commands/provisioned-identities.ts';
import { isOfDomains } from '#platform/auth/email-key.ts';
import type { Provisioner } from '#platform/auth/provisioner.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction, unlessTaken } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { refusalOfAddress, type Said } from '../person.ts';
import { refusalOfTakingUp, refusalOfTouching } from '../policy.ts';
import {
  findPowers,
  findRemoved,
  findRemovedAs,
  findUser,
  putUser,
  userNameKeyOf,
  type UserRow,
} from '../queries/users.ts';
import { accountOf, fieldsOf } from '../said.ts';

/**
 * Brings somebody: whom the connection had taken away comes back, who has the address is taken up where that is proved,
 * and for anybody else an account is made. 400 `invalidValue` for an address that the connection does not speak for, 403 for who may do more than a directory gives, 409 `user_name_taken`,
 * `email_taken` and `account_managed`.
 */
export async function bringUser(deps: Deps, provisioner: Provisioner, said: Said): Promise<UserRow> {
  const { connectionId } = provisioner;
  const refusal = refusalOfAddress(said.email, provisioner.emailDomains);
  if (refusal) throw refusal;
  const done = await inTransaction(deps.db, async (tx) => {
    const found = await findAccount(tx, provisioner, said);
    const userId = found?.id ?? (await createProvisionedAccount(deps, tx, accountOf(said, provisioner)));
    const of = { connectionId, userId };
    if (found && (await findUser(tx, of)))
      throw conflict('email_taken', 'This connection has somebody with this address.');
    await putUser(tx, of, fieldsOf(said, { isActive: said.isActive ?? true }), deps.clock.now());
    const ended = found ? await takeUp(deps, tx, provisioner, { found, said }) : [];
    await signInBy(deps, tx, provisioner, { userId, said });
    const row = await findUser(tx, of);
    if (!row) throw notFound('User');
    return { row, ended };
  });
  deps.sessions.tellEnded(done.ended);
  return done.row;
}

/** An account that is there; `isBack`: the connection had it, and took it away. */
type Found = { id: string; isBack: boolean };

/** Whose account it is, once it may be changed; undefined where one is to be made. */
async function findAccount(tx: Tx, provisioner: Provisioner, said: Said): Promise<Found | undefined> {
  const { connectionId, providerId, emailDomains } = provisioner;
  const { externalId, email } = said;
  const removed = await findRemoved(tx, connectionId, {
    userNameKey: userNameKeyOf(said.userName),
    externalId,
  });
  if (removed && !isAnother(removed, externalId)) {
    const powers = await findPowers(tx, { connectionId, userId: removed.id });
    const refusal = powers && refusalOfTouching(powers);
    if (refusal) throw refusal;
    return { id: removed.id, isBack: true };
  }
  const account = email === null ? undefined : await findAccountByEmail(tx, email);
  const powers = account && (await findPowers(tx, { connectionId, userId: account.id }));
  if (!account || !powers) return undefined;
  const isOwnDomain = email !== null && isOfDomains(email, emailDomains);
  const { id: userId } = account;
  const left = await findRemovedAs(tx, { connectionId, userId });
  const isTheirs = left === undefined || !isAnother(left, externalId);
  const refusal = refusalOfTakingUp(powers, { isOwnDomain: isOwnDomain && isTheirs });
  if (refusal) throw refusal;
  if (providerId !== null) await requireNoOtherSubject(tx, { userId, providerId, subject: externalId });
  return { id: userId, isBack: false };
}

/** Names and addresses are given to others in time: who is somebody else there is somebody else here. */
function isAnother(
  { external_id: known }: { external_id: string | null },
  externalId: string | null,
): boolean {
  return known !== null && externalId !== null && known !== externalId;
}

async function takeUp(
  deps: Deps,
  tx: Tx,
  provisioner: Provisioner,
  { found, said }: { found: Found; said: Said },
): Promise<string[]> {
  const { connectionId } = provisioner;
  const { id: userId, isBack } = found;
  await deps.audit.record(tx, { action: 'scim_user.linked', targetId: userId, after: { connectionId } });
  // Whom somebody deactivated by hand no directory activates by taking them up.
  const isActive = isBack ? (said.isActive ?? true) : said.isActive === false ? false : undefined;
  const account = { ...accountOf(said, provisioner), isActive };
  const claimed = isBack ? [] : await claimAccount(deps, tx, { userId });
  const follow = async (each: Provisioned) => [
    ...claimed,
    ...(await changeProvisionedAccount(deps, tx, userId, each)),
  ];
  if (isActive !== false) return follow(account);
  // Letting go never waits for an address.
  return unlessTaken(
    tx,
    () => follow(account),
    () => follow({ ...account, email: undefined }),
  );
}

async function signInBy(
  deps: Deps,
  tx: Tx,
  { providerId }: Provisioner,
  { userId, said: { externalId: subject } }: { userId: string; said: Said },
): Promise<void> {
  if (providerId !== null && subject !== null) await linkSubject(deps, tx, { userId, providerId, subject });
}
