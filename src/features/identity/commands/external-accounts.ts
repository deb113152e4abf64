import type { Role } from '#platform/auth/actor.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { userRegistered } from '../events.ts';
import { gainedBy } from '../gained-by.ts';
import { mayTakeAdminAway } from '../policy.ts';
import { endImpersonationsBy } from '../queries/impersonations.ts';
import {
  countOtherAdmins,
  holdStanding,
  holdUserByEmailKey,
  insertUser,
  lockUser,
  updateUser,
} from '../queries/people.ts';
import { standingOf, type Standing } from '../standing.ts';
import { newUserOf } from './new-user.ts';
import { secureRise } from './secure-rise.ts';

/** An account as somebody outside who vouches for its owner needs to know it. */
export type Account = {
  id: string;
  role: Role;
  standing: Standing;
  isEmailVerified: boolean;
};

/** Whose address this is, without regard to case; it stays theirs until the transaction ends. */
export async function findAccountByEmail(tx: Tx, email: string): Promise<Account | undefined> {
  const found = await holdUserByEmailKey(tx, emailKeyOf(email));
  return found && accountOf(found);
}

/** The account, locked until the transaction ends. */
export async function lockAccount(tx: Tx, userId: string): Promise<Account | undefined> {
  const found = await lockUser(tx, userId);
  return found && accountOf(found);
}

function accountOf(row: NonNullable<Awaited<ReturnType<typeof holdUserByEmailKey>>>): Account {
  return {
    id: row.id,
    role: row.role,
    standing: standingOf(row),
    isEmailVerified: row.email_verified_at !== null,
  };
}

/**
 * Makes a student's account without a password, whose address somebody outside has verified. Throws for an address that
 * is taken.
 */
export async function createExternalAccount(
  deps: Deps,
  tx: Tx,
  person: { email: string | null; name: string; locale: string | null },
): Promise<Account> {
  const now = deps.clock.now();
  const { email, name, locale } = person;
  const user = await insertUser(
    tx,
    newUserOf({
      id: newId(),
      email,
      name,
      role: 'student',
      passwordHash: null,
      ...(locale !== null && { locale }),
      isVouchedFor: true,
      now,
    }),
  );
  await deps.events.publish(tx, fact(userRegistered, user.id, now, { userId: user.id }));
  await deps.audit.record(tx, {
    action: 'user.created',
    by: null,
    targetId: user.id,
    after: { role: user.role },
  });
  return accountOf(user);
}

/** Gives a person the role that they have outside. Whether it did: the last active admin stays one. */
export async function followRole(
  deps: Deps,
  tx: Tx,
  { userId, role }: { userId: string; role: Role },
): Promise<boolean> {
  // Before the person's own row, so that all changes of admins lock in one order.
  const otherAdmins = mayTakeAdminAway({ role }) ? await countOtherAdmins(tx, userId) : 1;
  const target = await lockUser(tx, userId);
  if (!target) return false;
  if (target.role === 'admin' && otherAdmins === 0) return false;
  if (target.role === role) return true;
  const now = deps.clock.now();
  await updateUser(tx, userId, { role }, now);
  if (target.role === 'admin') await endImpersonationsBy(tx, [userId], now);
  await deps.audit.record(tx, {
    action: 'user.role_changed',
    by: null,
    targetId: userId,
    before: { role: target.role },
    after: { role },
  });
  await secureRise(deps, tx, { userIds: [userId], gained: gainedBy(target, role) });
  return true;
}

/** Whether they can sign in without anybody outside: by a password or a passkey. */
export async function hasOwnWayToSignIn(tx: Tx, userId: string): Promise<boolean> {
  const ways = await holdStanding(tx, userId);
  return ways !== undefined && (ways.hasPassword || ways.hasPasskey);
}
