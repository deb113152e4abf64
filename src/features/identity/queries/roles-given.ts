import { sql } from 'kysely';
import type { Role } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';

/** Somebody who gets another role, where they have `from`. */
export type RoleChange = { userId: string; from: Role; to: Role };

/** Of many people at once. Returns those who had `from`. */
export async function changeRoles(tx: Tx, changes: readonly RoleChange[], now: Date): Promise<RoleChange[]> {
  const columns = [
    changes.map(({ userId }) => userId),
    changes.map(({ from }) => from),
    changes.map(({ to }) => to),
  ] as const;
  const { rows } = await sql<RoleChange>`
    with wanted as (
      select * from unnest(${columns[0]}::uuid[], ${columns[1]}::text[], ${columns[2]}::text[])
        as wanted (user_id, role_before, role_after)),
    held as (select id from app_user where id in (select user_id from wanted) order by id for update)
    update app_user set role = role_after, version = version + 1, updated_at = ${now}
    from wanted join held on held.id = wanted.user_id
    where app_user.id = wanted.user_id and app_user.role = role_before
    returning app_user.id as "userId", role_before as "from", role_after as "to"`.execute(tx);
  return rows;
}
