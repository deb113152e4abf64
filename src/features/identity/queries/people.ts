import { sql } from 'kysely';
import type { Actor } from '#platform/auth/actor.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { grantedPermissions } from '#platform/db/granted-permissions.ts';
import { countCapped, fetchPage, type PageRequest } from '#platform/db/page.ts';
import type { Standing } from '../standing.ts';

export const userColumns = [
  'id',
  'email',
  'name',
  'role',
  'status',
  'deactivated_at',
  'suspended_at',
  'locale',
  'time_zone',
  'avatar_id',
  'email_verified_at',
  'invited_at',
  'version',
  'created_at',
  'updated_at',
] as const;

export type UserRow = NonNullable<Awaited<ReturnType<typeof findUser>>>;

export function findUser(db: Db, id: string) {
  return db.selectFrom('app_user').select(userColumns).where('id', '=', id).executeTakeFirst();
}

export function findUserByEmailKey(db: Db, emailKey: string) {
  return db.selectFrom('app_user').select(userColumns).where('email_key', '=', emailKey).executeTakeFirst();
}

/** The same; it stays theirs until the transaction ends. */
export function holdUserByEmailKey(tx: Tx, emailKey: string) {
  return tx
    .selectFrom('app_user')
    .select(userColumns)
    .where('email_key', '=', emailKey)
    .forKeyShare()
    .executeTakeFirst();
}

export function findPeople(db: Db, ids: readonly string[]) {
  return db.selectFrom('app_user').select(userColumns).where('id', 'in', ids).execute();
}

/** The row stays as it is until the transaction ends. */
export function lockUser(tx: Tx, id: string) {
  return tx
    .selectFrom('app_user')
    .select([...userColumns, grantedPermissions('app_user.id').as('granted')])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export function findCredentials(db: Db, emailKey: string) {
  return db
    .selectFrom('app_user')
    .select([
      ...userColumns,
      'password_hash',
      'own_since',
      'devices_forgotten_at',
      grantedPermissions('app_user.id').as('granted'),
    ])
    .where('email_key', '=', emailKey)
    .executeTakeFirst();
}

/**
 * What second factors they have, where the hash is still theirs and they are active; all of it stays so until the
 * transaction ends: a new password or a first factor, set while the old password was being checked, must not leave a
 * session behind.
 */
export function holdCredentials(tx: Tx, id: string, passwordHash: string) {
  return tx
    .selectFrom('app_user')
    .select(['id', 'has_totp', 'has_passkey'])
    .where('id', '=', id)
    .where('password_hash', '=', passwordHash)
    .where('deactivated_at', 'is', null)
    .forShare()
    .executeTakeFirst();
}

/** The person, who is active and stays so until the transaction ends. */
export function holdActive(tx: Tx, id: string) {
  return tx
    .selectFrom('app_user')
    .select([...userColumns, grantedPermissions('app_user.id').as('granted')])
    .where('id', '=', id)
    .where('deactivated_at', 'is', null)
    .forShare()
    .executeTakeFirst();
}

/** By what they could show who they are. It stays so until the transaction ends; undefined for the deactivated. */
export function holdStanding(tx: Tx, id: string) {
  return tx
    .selectFrom('app_user')
    .select([
      'has_totp as hasTotp',
      'has_passkey as hasPasskey',
      sql<boolean>`password_hash is not null`.as('hasPassword'),
    ])
    .where('id', '=', id)
    .where('deactivated_at', 'is', null)
    .forShare()
    .executeTakeFirst();
}

/** By what they can sign in without anybody outside, as it is in this transaction. */
export function findOwnWays(tx: Tx, id: string) {
  return tx
    .selectFrom('app_user')
    .select([
      sql<boolean>`password_hash is not null`.as('hasPassword'),
      sql<boolean>`exists (select from passkey where user_id = app_user.id)`.as('hasPasskey'),
    ])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** What somebody has set up. They stay as they are until the transaction ends, and nobody signs in as them. */
export function holdFactors(tx: Tx, id: string) {
  return tx
    .selectFrom('app_user')
    .select(['has_totp', 'has_passkey'])
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirst();
}

export async function findPasswordHash(db: Db, id: string): Promise<string | null> {
  const row = await db.selectFrom('app_user').select('password_hash').where('id', '=', id).executeTakeFirst();
  return row?.password_hash ?? null;
}

export type NewUser = {
  id: string;
  email: string | null;
  email_key: string | null;
  password_hash: string | null;
  name: string;
  role: Actor['role'];
  locale: string;
  time_zone: string;
  /** Null until the address is confirmed, for an account that nobody vouched for. */
  email_verified_at: Date | null;
  /** When they were asked to choose a first password. */
  invited_at?: Date | null;
  /** Since when nobody but its person has chosen what opens the account; null where somebody else has. */
  own_since: Date | null;
  /** Who else has chosen password or address. */
  chosen_by: string[] | null;
  created_at: Date;
  updated_at: Date;
};

export function insertUser(tx: Tx, user: NewUser) {
  return tx.insertInto('app_user').values(user).returning(userColumns).executeTakeFirstOrThrow();
}

/**
 * Makes the account, or finds the one that has its address: one statement, so that it takes as long either way.
 * Undefined where the other account came into being at this very moment: the next statement finds it.
 */
export async function insertOrFindUser(
  tx: Tx,
  user: NewUser,
): Promise<{ id: string; isNew: boolean } | undefined> {
  return tx
    .with('made', (db) =>
      db
        .insertInto('app_user')
        .values(user)
        .onConflict((conflict) => conflict.column('email_key').doNothing())
        .returning('id'),
    )
    .selectFrom('made')
    .select(['id', sql<boolean>`true`.as('isNew')])
    .unionAll((eb) =>
      eb
        .selectFrom('app_user')
        .select(['id', sql<boolean>`false`.as('isNew')])
        .where('email_key', '=', user.email_key),
    )
    .executeTakeFirst();
}

/**
 * Takes the password away that was chosen with an address nobody has confirmed, where it is not this one: of who registered
 * themselves (`isUnproven`).
 */
export async function dropUnprovenPassword(tx: Tx, id: string, keptHash: string): Promise<void> {
  await tx
    .updateTable('app_user')
    .set({ password_hash: null })
    .where('id', '=', id)
    .where('email_verified_at', 'is', null)
    .where('own_since', 'is not', null)
    .where('password_hash', '<>', keptHash)
    .execute();
}

export type UserChange = Partial<
  Pick<NewUser, 'email' | 'email_key' | 'password_hash' | 'name' | 'role' | 'locale' | 'time_zone'>
> & {
  deactivated_at?: Date | null;
  suspended_at?: Date | null;
  email_verified_at?: Date | null;
  invited_at?: Date | null;
  own_since?: Date | null;
  chosen_by?: string[] | null;
};

export function updateUser(tx: Tx, id: string, change: UserChange, now: Date) {
  return tx
    .updateTable('app_user')
    .set((eb) => ({ ...change, version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', id)
    .returning(userColumns)
    .executeTakeFirstOrThrow();
}

/** Active admins besides this person; see `lockAdmins`. */
export async function countOtherAdmins(tx: Tx, id: string): Promise<number> {
  const ids = await lockAdmins(tx);
  return ids.filter((each) => each !== id).length;
}

/** All active admins. Locks their rows in one order, so that two who take each other's role away at once wait for one another. */
export async function lockAdmins(tx: Tx): Promise<string[]> {
  const rows = await tx
    .selectFrom('app_user')
    .select('id')
    .where('role', '=', 'admin')
    .where('deactivated_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.map(({ id }) => id);
}

export type UserFilters = {
  q?: string | undefined;
  role?: readonly Actor['role'][] | undefined;
  status?: Standing | undefined;
};

export async function listUsers(
  db: Db,
  filters: UserFilters,
  page: Omit<PageRequest, 'filters'>,
  withTotal: boolean,
) {
  const query = filteredUsers(db, filters);
  const keys = {
    createdAt: { by: sql.ref('created_at'), type: 'timestamptz' },
    name: { by: sql`lower(name)`, type: 'text' },
  } as const;
  const rows = await fetchPage(query, keys, sql.ref('id'), { ...page, filters });
  const total = withTotal ? await countCapped(db, query) : undefined;
  return { ...rows, total };
}

function filteredUsers(db: Db, { q, role, status }: UserFilters) {
  let query = db.selectFrom('app_user').select(userColumns);
  if (role) query = query.where('role', 'in', role);
  if (status) query = query.where(isOfStanding(status));
  if (q !== undefined) {
    query = query.where((eb) =>
      eb.or([
        eb(sql`lower(name)`, 'like', likePattern(q.trim().toLowerCase())),
        eb('email_key', 'like', likePattern(emailKeyOf(q))),
      ]),
    );
  }
  return query;
}

/** As `standingOf` has it. */
function isOfStanding(standing: Standing) {
  const isSuspended = sql<boolean>`app_user.suspended_at is not distinct from app_user.deactivated_at`;
  if (standing === 'active') return sql<boolean>`app_user.status = 'active'`;
  const wanted = standing === 'suspended' ? isSuspended : sql<boolean>`not ${isSuspended}`;
  return sql<boolean>`app_user.status = 'deactivated' and ${wanted}`;
}

function likePattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
}
