import { sql } from 'kysely';
import type { Permission } from '#platform/auth/actor.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';
import { namedLike } from './named-like.ts';

export type RoleRow = NonNullable<Awaited<ReturnType<typeof findRole>>>;

function rolesIn(db: Db | Tx) {
  return db
    .selectFrom('custom_role')
    .select((eb) => [
      'custom_role.id',
      'custom_role.name',
      'custom_role.description',
      eb.ref('custom_role.permissions').$castTo<Permission[]>().as('permissions'),
      'custom_role.version',
      'custom_role.created_at',
      'custom_role.updated_at',
      sql<number>`(select count(*) from custom_role_member where role_id = custom_role.id)`.as(
        'member_count',
      ),
    ]);
}

export function findRole(db: Db | Tx, id: string) {
  return rolesIn(db).where('custom_role.id', '=', id).executeTakeFirst();
}

/** The row stays as it is until the transaction ends: what it gives cannot change while it is being given. */
export function lockRole(tx: Tx, id: string) {
  return rolesIn(tx).where('custom_role.id', '=', id).forUpdate().executeTakeFirst();
}

export function listRoles(db: Db, filters: { q?: string | undefined }, page: Omit<PageRequest, 'filters'>) {
  const keys = {
    createdAt: { by: sql.ref('custom_role.created_at'), type: 'timestamptz' },
    name: { by: sql`lower(custom_role.name)`, type: 'text' },
  } as const;
  const query = rolesIn(db).where(namedLike('custom_role.name', filters.q));
  return fetchPage(query, keys, sql.ref('custom_role.id'), { ...page, filters });
}

export type RoleFields = { name: string; description: string; permissions: readonly Permission[] };

export async function insertRole(tx: Tx, id: string, fields: RoleFields, now: Date): Promise<void> {
  await tx
    .insertInto('custom_role')
    .values({ id, ...fields, permissions: [...fields.permissions], created_at: now, updated_at: now })
    .execute();
}

export async function updateRole(tx: Tx, id: string, fields: Partial<RoleFields>, now: Date): Promise<void> {
  const { permissions, ...texts } = fields;
  await tx
    .updateTable('custom_role')
    .set((eb) => ({
      ...texts,
      ...(permissions && { permissions: [...permissions] }),
      version: eb('version', '+', 1),
      updated_at: now,
    }))
    .where('id', '=', id)
    .execute();
}

/** Everybody who has it loses what it gives, at once. */
export async function deleteRole(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('custom_role').where('id', '=', id).execute();
}
