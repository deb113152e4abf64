import { sql } from 'kysely';
import type { Permission } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';

type Manager = { name: string } | null;

/** Groups by their names in lower case, with what their members may do for it, locked until the transaction ends. */
export async function lockGroupsNamed(tx: Tx, names: readonly string[]) {
  const held = await sql<{ id: string }>`
    select id from user_group where lower(name) = any(${names}::text[]) order by id for update`.execute(tx);
  // By a second statement, which sees what was committed while the first waited.
  const { rows } = await sql<{ id: string; name_key: string; permissions: Permission[]; manager: Manager }>`
    select id, lower(name) as name_key, (
      select json_build_object('name', scim_connection.name) from scim_connection where scim_connection.id = managed_by
    ) as manager, array(
      select distinct permission
      from user_group_role join custom_role on custom_role.id = user_group_role.role_id,
           unnest(custom_role.permissions) as permission
      where user_group_role.group_id = user_group.id) as permissions
    from user_group where id = any(${held.rows.map(({ id }) => id)}::uuid[])`.execute(tx);
  return rows;
}

export type Pair = { groupId: string; userId: string };

/** Of these pairs, those of people who are in the group. */
export async function listMemberPairs(tx: Tx, pairs: readonly Pair[]): Promise<Pair[]> {
  const { rows } = await sql<Pair>`
    select group_id as "groupId", user_id as "userId"
    from user_group_member
    join unnest(${pairs.map(({ groupId }) => groupId)}::uuid[], ${pairs.map(({ userId }) => userId)}::uuid[])
      as pair (pair_group, pair_user) on group_id = pair_group and user_id = pair_user`.execute(tx);
  return rows;
}

/** Harmless for those who are in the group. */
export async function insertMemberPairs(tx: Tx, pairs: readonly Pair[], now: Date): Promise<void> {
  await sql`
    insert into user_group_member (group_id, user_id, created_at)
    select pair_group, pair_user, ${now}
    from unnest(${pairs.map(({ groupId }) => groupId)}::uuid[], ${pairs.map(({ userId }) => userId)}::uuid[])
      as pair (pair_group, pair_user)
    on conflict do nothing`.execute(tx);
}
