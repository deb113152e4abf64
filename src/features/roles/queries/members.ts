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
