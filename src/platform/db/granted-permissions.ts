import { sql, type RawBuilder } from 'kysely';
import type { Permission } from '#platform/auth/actor.ts';

/**
 * What custom roles give to a person, directly or by their groups, each permission once: those that this version does
 * not know, too. `person`: the column with their id.
 */
export function grantedPermissions(person: string): RawBuilder<Permission[]> {
  const id = sql.ref(person);
  return sql<Permission[]>`array(
    select distinct permission
    from custom_role, unnest(custom_role.permissions) as permission
    where custom_role.id in (
      select role_id from custom_role_member where user_id = ${id}
      union all
      select user_group_role.role_id
      from user_group_member join user_group_role using (group_id)
      where user_group_member.user_id = ${id}))`;
}
