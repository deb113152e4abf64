import { sql, type SqlBool } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { isUuid } from '#platform/ids.ts';
import type { Term } from '../filter.ts';
import type { Range } from './users.ts';

/** What groups can be looked for by. */
export const groupFilters = ['id', 'displayname', 'externalid', 'members.value'] as const;
export type GroupTerm = Term & { attribute: (typeof groupFilters)[number] };
export type GroupRow = NonNullable<Awaited<ReturnType<typeof findGroup>>>;

function groupsOf(db: Db | Tx, connectionId: string) {
  return db.selectFrom('user_group').where('managed_by', '=', connectionId);
}

const columns = ['id', 'name', 'external_id', 'version', 'created_at', 'updated_at'] as const;

export function findGroup(db: Db | Tx, { connectionId, id }: { connectionId: string; id: string }) {
  return groupsOf(db, connectionId).select(columns).where('id', '=', id).executeTakeFirst();
}

/** One page in the order in which they came, and how many there are in all. 2 statements. */
export async function listGroups(
  db: Db,
  connectionId: string,
  terms: readonly GroupTerm[],
  { offset, limit }: Range,
) {
  let query = groupsOf(db, connectionId);
  for (const each of terms) query = query.where(matching(each));
  const { count } = await query
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  const rows = await query
    .select(columns)
    .orderBy('created_at')
    .orderBy('id')
    .offset(offset)
    .limit(limit)
    .execute();
  return { rows, count };
}

function matching({ attribute, value }: GroupTerm) {
  switch (attribute) {
    case 'id':
      return isUuid(value) ? sql<SqlBool>`id = ${value}` : sql<SqlBool>`false`;
    case 'displayname':
      return sql<SqlBool>`lower(name) = ${value.toLowerCase()}`;
    case 'externalid':
      return sql<SqlBool>`external_id = ${value}`;
    case 'members.value':
      return isUuid(value)
        ? sql<SqlBool>`exists (
            select from user_group_member where group_id = user_group.id and user_id = ${value})`
        : sql<SqlBool>`false`;
    default:
      return sql<SqlBool>`false`;
  }
}

/** Who is in these groups, of the connection's people: at most `limit` rows. */
export async function listMembers(db: Db, connectionId: string, groupIds: readonly string[], limit: number) {
  const { rows } = await sql<{ groupId: string; userId: string; name: string }>`
    select group_id as "groupId", user_group_member.user_id as "userId", app_user.name
    from user_group_member
    join scim_user on scim_user.user_id = user_group_member.user_id
      and connection_id = ${connectionId} and removed_at is null
    join app_user on app_user.id = user_group_member.user_id
    where group_id = any(${[...groupIds]}::uuid[])
    order by group_id, user_group_member.created_at, user_group_member.user_id
    limit ${limit}`.execute(db);
  return rows;
}
