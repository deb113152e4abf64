import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';

/** Of what somebody is a member: the table of members, and its column with the role or the group. */
export type Membership =
  | { table: 'custom_role_member'; of: 'role_id' }
  | { table: 'user_group_member'; of: 'group_id' };

export const ofRole: Membership = { table: 'custom_role_member', of: 'role_id' };
export const ofGroup: Membership = { table: 'user_group_member', of: 'group_id' };

export type MemberRow = { user_id: string; name: string; email: string | null; created_at: Date };

export function listMembers(
  db: Db,
  { table, of }: Membership,
  id: string,
  page: Omit<PageRequest, 'filters'>,
) {
  const query = db
    .selectFrom(
      sql<MemberRow>`(
        select user_id, app_user.name, app_user.email, ${sql.ref(table)}.created_at
        from ${sql.table(table)} join app_user on app_user.id = user_id
        where ${sql.ref(of)} = ${id})`.as('member'),
    )
    .select(['member.user_id', 'member.name', 'member.email', 'member.created_at']);
  const keys = { createdAt: { by: sql.ref('member.created_at'), type: 'timestamptz' } } as const;
  return fetchPage(query, keys, sql.ref('member.user_id'), { ...page, filters: { id } });
}

/** Whether they have become a member; undefined where there is no such person. Harmless where they are one. */
export async function insertMember(
  tx: Tx,
  { table, of }: Membership,
  member: { id: string; userId: string; now: Date },
): Promise<boolean | undefined> {
  const { rows } = await sql<{ isNew: boolean }>`
    with person as (select id from app_user where id = ${member.userId}),
    added as (
      insert into ${sql.table(table)} (${sql.ref(of)}, user_id, created_at)
      select ${member.id}, id, ${member.now} from person on conflict do nothing
      returning 1)
    select exists (select from added) as "isNew" from person`.execute(tx);
  return rows[0]?.isNew;
}

/** Whether they were a member. */
export async function deleteMember(
  tx: Tx,
  { table, of }: Membership,
  { id, userId }: { id: string; userId: string },
): Promise<boolean> {
  const { rows } = await sql`
    delete from ${sql.table(table)} where ${sql.ref(of)} = ${id} and user_id = ${userId} returning 1`.execute(
    tx,
  );
  return rows.length > 0;
}

/** Of these roles or groups, as far as they are there. Returns those of which the person was no member yet. */
export async function insertMemberships(
  tx: Tx,
  { table, of }: Membership,
  { userId, ids, now }: { userId: string; ids: readonly string[]; now: Date },
): Promise<string[]> {
  const things = table === 'custom_role_member' ? 'custom_role' : 'user_group';
  const { rows } = await sql<{ id: string }>`
    insert into ${sql.table(table)} (${sql.ref(of)}, user_id, created_at)
    select id, ${userId}, ${now} from ${sql.table(things)} where id = any(${[...ids]}::uuid[])
    on conflict do nothing returning ${sql.ref(of)} as id`.execute(tx);
  return rows.map(({ id }) => id);
}

export async function deleteMemberships(
  tx: Tx,
  { table, of }: Membership,
  { userId, ids }: { userId: string; ids: readonly string[] },
): Promise<void> {
  await sql`
    delete from ${sql.table(table)} where user_id = ${userId} and ${sql.ref(of)} = any(${[...ids]}::uuid[])`.execute(
    tx,
  );
}

/** Of many people at once: the role or group, and whose membership of it. Returns those that were there. */
export async function deleteMembershipsOf(
  tx: Tx,
  { table, of }: Membership,
  memberships: readonly { id: string; userId: string }[],
): Promise<{ id: string; userId: string }[]> {
  const ids = memberships.map(({ id }) => id);
  const userIds = memberships.map(({ userId }) => userId);
  const { rows } = await sql<{ id: string; userId: string }>`
    delete from ${sql.table(table)} using unnest(${ids}::uuid[], ${userIds}::uuid[]) as gone (id, user_id)
    where ${sql.ref(`${table}.${of}`)} = gone.id and ${sql.ref(`${table}.user_id`)} = gone.user_id
    returning gone.id, gone.user_id as "userId"`.execute(tx);
  return rows;
}
