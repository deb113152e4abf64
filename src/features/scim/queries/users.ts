import { sql, type SqlBool } from 'kysely';
import type { Permission, Role } from '#platform/auth/actor.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids.ts';
import type { Term } from '../filter.ts';

/** What users can be looked for by. */
export const userFilters = ['id', 'username', 'externalid', 'emails.value', 'displayname'] as const;
export type UserTerm = Term & { attribute: (typeof userFilters)[number] };
export type UserRow = NonNullable<Awaited<ReturnType<typeof findUser>>>;
/** Which part of a list: `offset` are passed over. */
export type Range = { offset: number; limit: number };

type Of = { connectionId: string; userId: string };

function usersOf(db: Db | Tx, connectionId: string) {
  return db
    .selectFrom('scim_user')
    .innerJoin('app_user', 'app_user.id', 'scim_user.user_id')
    .where('scim_user.connection_id', '=', connectionId)
    .where('scim_user.removed_at', 'is', null);
}

const columns = [
  'scim_user.user_id as id',
  'scim_user.user_name',
  'scim_user.external_id',
  'scim_user.display_name',
  'scim_user.given_name',
  'scim_user.family_name',
  'scim_user.email_type',
  'scim_user.is_active',
  'scim_user.version',
  'scim_user.created_at',
  'scim_user.updated_at',
  'app_user.email',
  'app_user.name',
  'app_user.locale',
  'app_user.status',
  'app_user.version as account_version',
  'app_user.updated_at as account_updated_at',
] as const;

export function findUser(db: Db | Tx, { connectionId, userId }: Of) {
  return usersOf(db, connectionId).select(columns).where('user_id', '=', userId).executeTakeFirst();
}

/** What the connection says of them, held until the transaction ends. */
export function lockUser(tx: Tx, { connectionId, userId }: Of) {
  return usersOf(tx, connectionId)
    .select(columns)
    .where('user_id', '=', userId)
    .forUpdate('scim_user')
    .executeTakeFirst();
}

/** One page in the order in which they came, and how many there are in all. 2 statements. */
export async function listUsers(
  db: Db,
  connectionId: string,
  terms: readonly UserTerm[],
  { offset, limit }: Range,
) {
  let query = usersOf(db, connectionId);
  for (const each of terms) query = query.where(matching(each));
  const { count } = await query
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .select(columns)
    .orderBy('scim_user.created_at')
    .orderBy('scim_user.user_id')
    .offset(offset)
    .limit(limit)
    .execute();
  return { rows, count };
}

function matching({ attribute, value }: UserTerm) {
  switch (attribute) {
    case 'id':
      return isUuid(value) ? sql<SqlBool>`scim_user.user_id = ${value}` : sql<SqlBool>`false`;
    case 'username':
      return sql<SqlBool>`scim_user.user_name_key = ${userNameKeyOf(value)}`;
    case 'externalid':
      return sql<SqlBool>`scim_user.external_id = ${value}`;
    case 'emails.value':
      return sql<SqlBool>`app_user.email_key = ${emailKeyOf(value)}`;
    case 'displayname':
      return sql<SqlBool>`lower(app_user.name) = ${value.toLowerCase()}`;
    default:
      return sql<SqlBool>`false`;
  }
}

/** By which user names are unique within a connection. */
export function userNameKeyOf(userName: string): string {
  return userName.normalize('NFKC').trim().toLowerCase();
}

/** Whom the connection took away, by the same external id or name: the id counts first, then who went last. */
export function findRemoved(
  tx: Tx,
  connectionId: string,
  { userNameKey, externalId }: { userNameKey: string; externalId: string | null },
) {
  return tx
    .selectFrom('scim_user')
    .select(['user_id as id', 'external_id'])
    .where('connection_id', '=', connectionId)
    .where('removed_at', 'is not', null)
    .where((eb) => eb.or([eb('user_name_key', '=', userNameKey), eb('external_id', '=', externalId)]))
    .orderBy(sql`external_id is not distinct from ${externalId}`, 'desc')
    .orderBy('removed_at', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** What the connection called somebody whom it took away; undefined where it took them not away. */
export function findRemovedAs(tx: Tx, { connectionId, userId }: Of) {
  return tx
    .selectFrom('scim_user')
    .select('external_id')
    .where('connection_id', '=', connectionId)
    .where('user_id', '=', userId)
    .where('removed_at', 'is not', null)
    .executeTakeFirst();
}

/** What an account may do, without what it has by the connection's own groups; and whether its address was proved. */
export async function findPowers(tx: Tx, { connectionId, userId }: Of) {
  const { rows } = await sql<{ role: Role; granted: Permission[]; isEmailVerified: boolean }>`
    select app_user.role, app_user.email_verified_at is not null as "isEmailVerified", array(
      select distinct permission from custom_role, unnest(custom_role.permissions) as permission
      where custom_role.id in (
        select role_id from custom_role_member where user_id = app_user.id
        union all
        select user_group_role.role_id
        from user_group_member join user_group_role using (group_id) join user_group on user_group.id = group_id
        where user_group_member.user_id = app_user.id and managed_by is distinct from ${connectionId}::uuid)
    ) as granted
    from app_user where id = ${userId} for update of app_user`.execute(tx);
  return rows[0];
}

export type UserFields = {
  user_name: string;
  user_name_key: string;
  external_id: string | null;
  display_name: string | null;
  given_name: string | null;
  family_name: string | null;
  email_type: string | null;
  is_active: boolean;
};

/** Also for somebody whom the connection had taken away. */
export async function putUser(
  tx: Tx,
  { connectionId, userId }: Of,
  fields: UserFields,
  now: Date,
): Promise<void> {
  const shown = { ...fields, updated_at: now, removed_at: null };
  await tx
    .insertInto('scim_user')
    .values({ connection_id: connectionId, user_id: userId, created_at: now, ...shown })
    .onConflict((conflict) =>
      conflict
        .columns(['connection_id', 'user_id'])
        .doUpdateSet((eb) => ({ ...shown, version: eb('scim_user.version', '+', 1) })),
    )
    .execute();
}

export async function markRemoved(tx: Tx, { connectionId, userId }: Of, now: Date): Promise<void> {
  await tx
    .updateTable('scim_user')
    .set((eb) => ({ removed_at: now, is_active: false, version: eb('version', '+', 1), updated_at: now }))
    .where('connection_id', '=', connectionId)
    .where('user_id', '=', userId)
    .execute();
}

/** Which of these people the connection has, and keeps until the transaction ends. */
export async function holdUsers(tx: Tx, connectionId: string, ids: readonly string[]): Promise<Set<string>> {
  const { rows } = await sql<{ id: string }>`
    select user_id as id from scim_user
    where connection_id = ${connectionId} and removed_at is null and user_id = any(${[...ids]}::uuid[])
    order by user_id for share`.execute(tx);
  return new Set(rows.map(({ id }) => id));
}
