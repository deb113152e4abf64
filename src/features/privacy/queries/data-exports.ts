import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';

export type TaskStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
export type ExportRow = NonNullable<Awaited<ReturnType<typeof findExport>>>;

function exportsOf(db: Db | Tx, userId: string) {
  return db
    .selectFrom('data_export')
    .leftJoin('task', 'task.id', 'data_export.task_id')
    .select((eb) => [
      'data_export.id',
      'data_export.user_id',
      'data_export.task_id',
      'data_export.requested_at',
      'data_export.store_key',
      'data_export.ready_at',
      'data_export.expires_at',
      'data_export.size_bytes',
      // Null once the task is forgotten.
      eb.ref('task.status').$castTo<TaskStatus | null>().as('task_status'),
    ])
    .where('data_export.user_id', '=', userId);
}

/** One of the person's own. */
export function findExport(db: Db | Tx, id: string, userId: string) {
  return exportsOf(db, userId).where('data_export.id', '=', id).executeTakeFirst();
}

export function listExports(db: Db, userId: string, page: Omit<PageRequest, 'filters'>) {
  const keys = { requestedAt: { by: sql.ref('data_export.requested_at'), type: 'timestamptz' } } as const;
  return fetchPage(exportsOf(db, userId), keys, sql.ref('data_export.id'), { ...page, filters: userId });
}

/** Of the person's: whether one is under way, and how many were asked for since, the first of them when. */
export async function tallyExports(
  tx: Tx,
  userId: string,
  since: Date,
): Promise<{ isUnderWay: boolean; count: number; first: Date | null }> {
  const { rows } = await sql<{ isUnderWay: boolean; count: number; first: Date | null }>`
    select coalesce(bool_or(task.status in ('queued', 'running')), false) as "isUnderWay",
      count(*) filter (where requested_at > ${since})::int as count,
      min(requested_at) filter (where requested_at > ${since}) as first
    from data_export left join task on task.id = task_id where user_id = ${userId}`.execute(tx);
  return rows[0] ?? { isUnderWay: false, count: 0, first: null };
}

export type NewExport = { id: string; userId: string; taskId: string; now: Date };

export async function insertExport(tx: Tx, { id, userId, taskId, now }: NewExport): Promise<void> {
  await tx
    .insertInto('data_export')
    .values({ id, user_id: userId, task_id: taskId, requested_at: now })
    .execute();
}

/** One that has no archive yet, its row locked until the transaction ends. */
export function lockUnready(tx: Tx, id: string) {
  return tx
    .selectFrom('data_export')
    .select(['id', 'user_id', 'task_id', 'store_key'])
    .where('id', '=', id)
    .where('ready_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

/** Where a run writes, or null where none does. */
export async function setKey(tx: Tx, id: string, storeKey: string | null): Promise<void> {
  await tx.updateTable('data_export').set({ store_key: storeKey }).where('id', '=', id).execute();
}

export type Archive = { sizeBytes: number; sha256: Buffer; now: Date; expiresAt: Date };

export async function markReady(tx: Tx, id: string, archive: Archive): Promise<void> {
  await tx
    .updateTable('data_export')
    .set({
      ready_at: archive.now,
      expires_at: archive.expiresAt,
      size_bytes: archive.sizeBytes,
      sha256: archive.sha256,
    })
    .where('id', '=', id)
    .execute();
}

/** Takes the archives of earlier exports away from their rows; tells where their bytes are. */
export async function takeEarlier(tx: Tx, userId: string, than: string): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`
    with taken as (
      select id, store_key as key from data_export
      where user_id = ${userId} and id <> ${than} and store_key is not null for update)
    update data_export set store_key = null from taken where taken.id = data_export.id returning key`.execute(
    tx,
  );
  return rows.map(({ key }) => key);
}

/** An archive that is there, for whoever holds an address that was made in this session of its person's, while it lasts. */
export function findHeld(db: Db, id: string, { sessionId, now }: { sessionId: string; now: Date }) {
  return db
    .selectFrom('data_export')
    .innerJoin('session', 'session.user_id', 'data_export.user_id')
    .innerJoin('app_user', 'app_user.id', 'data_export.user_id')
    .select([
      'data_export.id',
      'data_export.user_id',
      'data_export.requested_at',
      'data_export.store_key',
      'data_export.size_bytes',
      'data_export.sha256',
    ])
    .where('data_export.id', '=', id)
    .where('data_export.expires_at', '>', now)
    .where('session.id', '=', sessionId)
    .where('session.ended_at', 'is', null)
    .where('session.expires_at', '>', now)
    .where('app_user.deactivated_at', 'is', null)
    .executeTakeFirst();
}
