import { findAccountByEmail } from '#features/identity/commands/external-accounts.ts';
import {
  changeProvisionedAccount,
  createProvisionedAccount,
} from '#features/identity/commands/provisioned-accounts.ts';
import { linkSubject } from '#features/sso/commands/provisioned-identities.ts';
import { isOfDomains } from '#platform/auth/email-key.ts';
import type { Provisioner } from '#platform/auth/provisioner.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import type { Said } from '../person.ts';
import { refusalOfTakingUp, refusalOfTouching } from '../policy.ts';
import { findPowers, findRemoved, findUser, putUser, userNameKeyOf, type UserRow } from '../queries/users.ts';
import { accountOf, fieldsOf } from '../said.ts';

/**
 * Brings somebody: whom the connection had taken away comes back, who has the address is taken up where that is proved,
 * and for anybody else an account is made. 403 for who may do more than a directory gives, 409 `user_name_taken`,
 * `email_taken` and `account_managed`.
 */
export async function bringUser(deps: Deps, provisioner: Provisioner, said: Said): Promise<UserRow> {
  const { connectionId } = provisioner;
  const done = await inTransaction(deps.db, async (tx) => {
    const found = await findAccount(tx, provisioner, said);
    const userId = found ?? (await createProvisionedAccount(deps, tx, accountOf(said, provisioner)));
    const of = { connectionId, userId };
    if (found !== undefined && (await findUser(tx, of)))
      throw conflict('email_taken', 'This connection has somebody with this address.');
    await putUser(tx, of, fieldsOf(said, { isActive: said.isActive ?? true }), deps.clock.now());
    const ended = found === undefined ? [] : await takeUp(deps, tx, provisioner, { userId, said });
    await signInBy(deps, tx, provisioner, { userId, said });
    const row = await findUser(tx, of);
    if (!row) throw notFound('User');
    return { row, ended };
  });
  deps.sessions.tellEnded(done.ended);
  return done.row;
}

/** Whose account it is, once it may be changed; undefined where one is to be made. */
async function findAccount(tx: Tx, provisioner: Provisioner, said: Said): Promise<string | undefined> {
  const { connectionId, emailDomains } = provisioner;
  const { externalId, email } = said;
  const removed = await findRemoved(tx, connectionId, {
    userNameKey: userNameKeyOf(said.userName),
    externalId,
  });
  if (removed) {
    const powers = await findPowers(tx, { connectionId, userId: removed.id });
    const refusal = powers && refusalOfTouching(powers);
    if (refusal) throw refusal;
    return removed.id;
  }
  const account = email === null ? undefined : await findAccountByEmail(tx, email);
  const powers = account && (await findPowers(tx, { connectionId, userId: account.id }));
  if (!account || !powers) return undefined;
  const isOwnDomain = email !== null && isOfDomains(email, emailDomains);
  const refusal = refusalOfTakingUp(powers, { isOwnDomain });
  if (refusal) throw refusal;
  return account.id;
}

type Brought = { userId: string; said: Said };

async function takeUp(
  deps: Deps,
  tx: Tx,
  provisioner: Provisioner,
  { userId, said }: Brought,
): Promise<string[]> {
  const { connectionId } = provisioner;
  await deps.audit.record(tx, { action: 'scim_user.linked', targetId: userId, after: { connectionId } });
  const account = { ...accountOf(said, provisioner), isActive: said.isActive ?? true };
  return changeProvisionedAccount(deps, tx, userId, account);
}

async function signInBy(
  deps: Deps,
  tx: Tx,
  { providerId }: Provisioner,
  { userId, said: { externalId: subject } }: Brought,
): Promise<void> {
  if (providerId !== null && subject !== null) await linkSubject(deps, tx, { userId, providerId, subject });
}
