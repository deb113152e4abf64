import { sql } from 'kysely';
import type { Permission, Role } from '#platform/auth/actor.ts';
import type { Db } from '#platform/db/database.ts';

type Named = { id: string; name: string };
/** A custom role that a person has: by themselves (`group` null), or by a group. */
export type HeldRole = Named & { permissions: Permission[]; group: Named | null };
export type Held = { role: Role; roles: HeldRole[] };

/** The person's role and all custom roles with the way by which they have them. One statement. */
export async function findHeld(db: Db, userId: string): Promise<Held | undefined> {
  const { rows } = await sql<Held>`
    select app_user.role, coalesce((
      select json_agg(json_build_object(
        'id', custom_role.id, 'name', custom_role.name, 'permissions', custom_role.permissions,
        'group', case when way.id is not null then json_build_object('id', way.id, 'name', way.name) end
      ) order by lower(custom_role.name), lower(way.name) nulls first)
      from (
        select role_id, null::uuid as id, null as name from custom_role_member where user_id = app_user.id
        union all
        select user_group_role.role_id, user_group.id, user_group.name
        from user_group_member
        join user_group_role using (group_id)
        join user_group on user_group.id = group_id
        where user_group_member.user_id = app_user.id
      ) as way join custom_role on custom_role.id = way.role_id
    ), '[]') as roles
    from app_user where app_user.id = ${userId}`.execute(db);
  return rows[0];
}
