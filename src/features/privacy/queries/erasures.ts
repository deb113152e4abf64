import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';

const columns = [
  'id',
  'user_id',
  'keeps_name_on_certificates',
  'requested_at',
  'due_at',
  'cancelled_at',
  'erased_at',
  'counts',
  'is_by_retention',
] as const;

export type ErasureRow = NonNullable<Awaited<ReturnType<typeof findErasure>>>;

/** By its own id: the receipt. */
export function findErasure(db: Db, id: string) {
  return db.selectFrom('erasure').select(columns).where('id', '=', id).executeTakeFirst();
}

/** The person's wish that stands: not yet done, and not taken back. */
export function findPending(db: Db | Tx, userId: string): Promise<ErasureRow | undefined> {
  return db
    .selectFrom('erasure')
    .select(columns)
    .where('user_id', '=', userId)
    .where('cancelled_at', 'is', null)
    .where('erased_at', 'is', null)
    .executeTakeFirst();
}

export type NewErasure = {
  id: string;
  userId: string;
  keepsName: boolean;
  isByRetention?: boolean;
  now: Date;
  dueAt: Date;
};

/** Undefined where the person has one that stands. */
export function insertErasure(tx: Tx, { id, userId, keepsName, isByRetention, now, dueAt }: NewErasure) {
  return tx
    .insertInto('erasure')
    .values({
      id,
      user_id: userId,
      keeps_name_on_certificates: keepsName,
      is_by_retention: isByRetention ?? false,
      requested_at: now,
      due_at: dueAt,
    })
    .onConflict((conflict) => conflict.column('user_id').where('cancelled_at', 'is', null).doNothing())
    .returning(columns)
    .executeTakeFirst();
}

/** Whether there was one to take back. `since`: only one that was asked for since then. */
export async function cancelErasure(tx: Tx, userId: string, now: Date, since?: Date): Promise<boolean> {
  const row = await tx
    .updateTable('erasure')
    .set({ cancelled_at: now })
    .where('user_id', '=', userId)
    .where('requested_at', '>=', since ?? new Date(0))
    .where('cancelled_at', 'is', null)
    .where('erased_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Those that are due, oldest first, at most so many after `after`. */
export async function listDue(db: Db, now: Date, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('erasure')
    .select('id')
    .where('due_at', '<=', now)
    .where('cancelled_at', 'is', null)
    .where('erased_at', 'is', null)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** The wish, if it is still due, its row locked until the transaction ends: of two workers one finds nothing. */
export function lockDue(tx: Tx, id: string, now: Date): Promise<ErasureRow | undefined> {
  return tx
    .selectFrom('erasure')
    .select(columns)
    .where('id', '=', id)
    .where('due_at', '<=', now)
    .where('cancelled_at', 'is', null)
    .where('erased_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

export async function markErased(
  tx: Tx,
  id: string,
  { now, counts }: { now: Date; counts: Readonly<Record<string, number>> },
): Promise<void> {
  await tx
    .updateTable('erasure')
    .set({ erased_at: now, counts: JSON.stringify(counts) })
    .where('id', '=', id)
    .execute();
}

/** Courses that have no other owner than this person. */
export async function listSoleCourses(tx: Tx, userId: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ course_id: string }>`
    select course_id from course_staff as own
    where user_id = ${userId} and role = 'owner' and not exists (
      select from course_staff as other
      where other.course_id = own.course_id and other.role = 'owner' and other.user_id <> own.user_id)
    order by course_id limit ${limit}`.execute(tx);
  return rows.map((row) => row.course_id);
}
