import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { grantedPermissions } from '#platform/db/granted-permissions.ts';
import { userColumns, type NewUser } from './people.ts';

/** What somebody may do, where they are active. */
export function findPowers(db: Db | Tx, userId: string) {
  return db
    .selectFrom('app_user')
    .select(['id as userId', 'role', grantedPermissions('app_user.id').as('granted')])
    .where('id', '=', userId)
    .where('deactivated_at', 'is', null)
    .executeTakeFirst();
}

export type KnownPerson = Awaited<ReturnType<typeof lockUsersByKey>>[number];

/** Those whose addresses have these keys; their rows stay as they are until the transaction ends. */
export function lockUsersByKey(tx: Tx, keys: readonly string[]) {
  return tx
    .selectFrom('app_user')
    .select([
      ...userColumns,
      'email_key',
      sql<boolean>`(password_hash is not null or has_passkey)`.as('has_own_way'),
      grantedPermissions('app_user.id').as('granted'),
    ])
    .where('email_key', '=', sql<string>`any(${keys}::text[])`)
    .orderBy('id')
    .forUpdate()
    .execute();
}

/** Returns how many it made: an address that somebody else took meanwhile makes none. */
export async function insertUsers(tx: Tx, users: readonly NewUser[]): Promise<number> {
  if (users.length === 0) return 0;
  const made = await tx
    .insertInto('app_user')
    .values(users)
    .onConflict((conflict) => conflict.column('email_key').doNothing())
    .returning('id')
    .execute();
  return made.length;
}
