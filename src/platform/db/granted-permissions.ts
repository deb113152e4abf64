import { sql, type RawBuilder } from 'kysely';
import type { Permission } from '#platform/auth/actor.ts';

/**
 * What custom roles give to a person, directly or by their groups, each permission once: those that this version does
 * not know, too. `person`: the column with their id.
 */
export function grantedPermissions(person: string): RawBuilder<Permission[]> {
  return sql<Permission[]>`array(
    select distinct permission
    from custom_role, unnest(custom_role.permissions) as permission
    where custom_role.id in (${customRolesOf(person)}))`;
}

/** The ids of a person's custom roles, had directly or by their groups. `person`: the column with their id. */
export function customRolesOf(person: string): RawBuilder<{ role_id: string }> {
  const id = sql.ref(person);
  return sql`
      select role_id from custom_role_member where user_id = ${id}
      union all
      select user_group_role.role_id
      from user_group_member join user_group_role using (group_id)
      where user_group_member.user_id = ${id}`;
}
