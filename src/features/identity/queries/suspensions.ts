import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';

export type SuspensionRow = {
  reason: string;
  is_reason_told: boolean;
  ends_at: Date | null;
  suspended_by: string;
  suspended_at: Date;
};
export type NewSuspension = {
  user_id: string;
  reason: string;
  is_reason_told: boolean;
  ends_at: Date | null;
  suspended_by: string;
};

/** What is said of somebody's suspension, while they are suspended. */
export function findSuspension(db: Db | Tx, userId: string): Promise<SuspensionRow | undefined> {
  return db
    .selectFrom('suspension')
    .innerJoin('app_user', 'app_user.id', 'suspension.user_id')
    .select((eb) => [
      'reason',
      'is_reason_told',
      'ends_at',
      'suspended_by',
      eb.ref('app_user.suspended_at').$notNull().as('suspended_at'),
    ])
    .where('user_id', '=', userId)
    .whereRef('app_user.suspended_at', '=', 'app_user.deactivated_at')
    .executeTakeFirst();
}

/** The same, also where it is kept behind what a directory did meanwhile: `isKept`. */
export async function findSuspensionOf(
  db: Db,
  userId: string,
  now: Date,
): Promise<(SuspensionRow & { isKept: boolean }) | undefined> {
  const { rows } = await sql<SuspensionRow & { isKept: boolean }>`
    select reason, is_reason_told, ends_at, suspended_by, app_user.suspended_at,
      app_user.suspended_at < app_user.deactivated_at as "isKept"
    from suspension join app_user on app_user.id = suspension.user_id
    where user_id = ${userId} and (app_user.suspended_at = app_user.deactivated_at or ${isKept(now)})`.execute(
    db,
  );
  return rows[0];
}

export async function putSuspension(tx: Tx, suspension: NewSuspension): Promise<void> {
  await tx
    .insertInto('suspension')
    .values(suspension)
    .onConflict((conflict) =>
      conflict.column('user_id').doUpdateSet((eb) => ({
        reason: eb.ref('excluded.reason'),
        is_reason_told: eb.ref('excluded.is_reason_told'),
        ends_at: eb.ref('excluded.ends_at'),
        suspended_by: eb.ref('excluded.suspended_by'),
      })),
    )
    .execute();
}

export async function deleteSuspension(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('suspension').where('user_id', '=', userId).execute();
}

/**
 * Whose suspension is over by now, at most `limit`. Not of who was erased meanwhile: code that knows no suspensions leaves
 * theirs behind.
 */
export async function listDueSuspensions(db: Db, now: Date, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select app_user.id from suspension join app_user on app_user.id = suspension.user_id
    where suspension.ends_at <= ${now} and app_user.suspended_at = app_user.deactivated_at
      and not exists (select from erasure where erasure.user_id = app_user.id and erasure.erased_at is not null)
    order by suspension.ends_at limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** Since when somebody is suspended whom a directory let go meanwhile; undefined where no suspension lasts. */
export async function findKeptSince(tx: Tx, userId: string, now: Date): Promise<Date | undefined> {
  const { rows } = await sql<{ since: Date }>`
    select app_user.suspended_at as since from suspension join app_user on app_user.id = suspension.user_id
    where user_id = ${userId} and ${isKept(now)}`.execute(tx);
  return rows[0]?.since;
}

/** Of people who are not suspended any more, nor will be again when a directory takes them back. Returns how many. */
export async function purgeSuspensions(db: Db, now: Date): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from suspension where user_id in (
        select user_id from suspension join app_user on app_user.id = suspension.user_id
        where (app_user.suspended_at = app_user.deactivated_at) is not true and (${isKept(now)}) is not true
        limit ${purgedAtOnce})
      returning 1`.execute(db);
    return rows.length;
  });
}

/** A suspension that lasts of who was deactivated since: whoever does that by hand takes `suspended_at` away. */
function isKept(now: Date) {
  return sql<boolean>`app_user.suspended_at < app_user.deactivated_at
    and (suspension.ends_at is null or suspension.ends_at > ${now})`;
}
