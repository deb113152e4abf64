import { sql } from 'kysely';
import type { Permission } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';

/** Who is in a group. */
export async function listMemberIds(tx: Tx, groupId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select user_id as id from user_group_member where group_id = ${groupId}`.execute(tx);
  return rows.map(({ id }) => id);
}

/** Who has a role, by themselves or by a group. */
export async function listHolderIds(tx: Tx, roleId: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select user_id as id from custom_role_member where role_id = ${roleId}
    union
    select user_id from user_group_member join user_group_role using (group_id) where role_id = ${roleId}`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}

/**
 * All that these roles, and these groups for being in them, give. The roles stay so until the transaction ends: one that
 * grows meanwhile would not know who is just getting it.
 */
export async function listGiven(
  tx: Tx,
  { roleIds = [], groupIds = [] }: { roleIds?: readonly string[]; groupIds?: readonly string[] },
): Promise<Permission[]> {
  if (roleIds.length + groupIds.length === 0) return [];
  const { rows } = await sql<{ permission: Permission }>`
    with held as (
      select permissions from custom_role
      where id = any(${[...roleIds]}::uuid[])
         or id in (select role_id from user_group_role where group_id = any(${[...groupIds]}::uuid[]))
      order by id for share)
    select distinct permission from held, unnest(permissions) as permission`.execute(tx);
  return rows.map(({ permission }) => permission);
}
