import { sql } from 'kysely';
import type { Permission } from '#platform/auth/actor.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';
import { namedLike } from './named-like.ts';

export type GroupRow = NonNullable<Awaited<ReturnType<typeof findGroup>>>;
type RoleOfGroup = { id: string; name: string };
type Manager = { id: string; name: string };

function groupsIn(db: Db | Tx) {
  return db.selectFrom('user_group').select([
    'user_group.id',
    'user_group.name',
    'user_group.description',
    'user_group.version',
    'user_group.created_at',
    'user_group.updated_at',
    sql<Manager | null>`(
        select json_build_object('id', scim_connection.id, 'name', scim_connection.name)
        from scim_connection where scim_connection.id = user_group.managed_by)`.as('manager'),
    sql<number>`(select count(*) from user_group_member where group_id = user_group.id)`.as('member_count'),
    sql<RoleOfGroup[]>`coalesce((
        select json_agg(json_build_object('id', custom_role.id, 'name', custom_role.name) order by lower(custom_role.name))
        from user_group_role join custom_role on custom_role.id = user_group_role.role_id
        where user_group_role.group_id = user_group.id), '[]')`.as('roles'),
  ]);
}

export function findGroup(db: Db | Tx, id: string) {
  return groupsIn(db).where('user_group.id', '=', id).executeTakeFirst();
}

/** The group as it is, its row locked until the transaction ends: which roles its members have waits for it. */
export function lockGroup(tx: Tx, id: string) {
  return groupsIn(tx).where('user_group.id', '=', id).forUpdate().executeTakeFirst();
}

/** What the group's members may do for being its members; their rows stay as they are until the transaction ends. */
export function lockRolesOfGroup(tx: Tx, groupId: string) {
  return tx
    .selectFrom('user_group_role')
    .innerJoin('custom_role', 'custom_role.id', 'user_group_role.role_id')
    .select((eb) => eb.ref('custom_role.permissions').$castTo<Permission[]>().as('permissions'))
    .where('user_group_role.group_id', '=', groupId)
    .forShare()
    .execute();
}

export function listGroups(db: Db, filters: { q?: string | undefined }, page: Omit<PageRequest, 'filters'>) {
  const keys = {
    createdAt: { by: sql.ref('user_group.created_at'), type: 'timestamptz' },
    name: { by: sql`lower(user_group.name)`, type: 'text' },
  } as const;
  const query = groupsIn(db).where(namedLike('user_group.name', filters.q));
  return fetchPage(query, keys, sql.ref('user_group.id'), { ...page, filters });
}

export type GroupFields = { name: string; description: string };

export async function insertGroup(tx: Tx, id: string, fields: GroupFields, now: Date): Promise<void> {
  await tx
    .insertInto('user_group')
    .values({ id, ...fields, created_at: now, updated_at: now })
    .execute();
}

export async function updateGroup(
  tx: Tx,
  id: string,
  fields: Partial<GroupFields>,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('user_group')
    .set((eb) => ({ ...fields, version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', id)
    .execute();
}

export async function deleteGroup(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('user_group').where('id', '=', id).execute();
}

/** Whether it is new to the group. Harmless where the group has it. */
export async function insertGroupRole(tx: Tx, groupId: string, roleId: string, now: Date): Promise<boolean> {
  const row = await tx
    .insertInto('user_group_role')
    .values({ group_id: groupId, role_id: roleId, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('role_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether the group had it. */
export async function deleteGroupRole(tx: Tx, groupId: string, roleId: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('user_group_role')
    .where('group_id', '=', groupId)
    .where('role_id', '=', roleId)
    .returning('role_id')
    .executeTakeFirst();
  return row !== undefined;
}
