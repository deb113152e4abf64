import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';
import type { Reason } from '#platform/errors.ts';

export type TaskStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
export type TaskRow = NonNullable<Awaited<ReturnType<typeof findTask>>>;

function tasksIn(db: Db | Tx) {
  return db
    .selectFrom('task')
    .select((eb) => [
      'task.id',
      'task.kind',
      'task.owner_id',
      'task.subject_id',
      eb.ref('task.status').$castTo<TaskStatus>().as('status'),
      'task.total',
      'task.done',
      'task.error_code',
      eb.ref('task.errors').$castTo<Reason[]>().as('errors'),
      'task.created_at',
      'task.started_at',
      'task.finished_at',
    ]);
}

export function findTask(db: Db | Tx, id: string) {
  return tasksIn(db).where('task.id', '=', id).executeTakeFirst();
}

/** The task as it is, its row locked until the transaction ends. */
export function lockTask(tx: Tx, id: string) {
  return tasksIn(tx).where('task.id', '=', id).forUpdate().executeTakeFirst();
}

export type TaskFilters = { ownerId: string; kind?: string | undefined; status?: TaskStatus[] | undefined };

export function listTasks(db: Db, filters: TaskFilters, page: Omit<PageRequest, 'filters'>) {
  let query = tasksIn(db).where('task.owner_id', '=', filters.ownerId);
  if (filters.kind !== undefined) query = query.where('task.kind', '=', filters.kind);
  if (filters.status) query = query.where('task.status', 'in', filters.status);
  const keys = { createdAt: { by: sql.ref('task.created_at'), type: 'timestamptz' } } as const;
  return fetchPage(query, keys, sql.ref('task.id'), { ...page, filters });
}

export async function insertTask(
  tx: Tx,
  task: { id: string; kind: string; ownerId: string; subjectId: string; total: number | null; now: Date },
): Promise<void> {
  await tx
    .insertInto('task')
    .values({
      id: task.id,
      kind: task.kind,
      owner_id: task.ownerId,
      subject_id: task.subjectId,
      status: 'queued',
      total: task.total,
      created_at: task.now,
      updated_at: task.now,
    })
    .execute();
}

export async function startTask(tx: Tx, id: string, now: Date): Promise<void> {
  await tx
    .updateTable('task')
    .set((eb) => ({
      status: 'running',
      started_at: eb.fn.coalesce('started_at', sql<Date>`${now}`),
      updated_at: now,
    }))
    .where('id', '=', id)
    .execute();
}

export async function moveTask(
  tx: Tx,
  id: string,
  { done, now }: { done: number; now: Date },
): Promise<void> {
  await tx.updateTable('task').set({ done, updated_at: now }).where('id', '=', id).execute();
}

export type TaskEnd =
  | { status: 'succeeded' }
  | { status: 'cancelled' }
  | { status: 'failed'; code: string; errors: readonly Reason[] };

export async function endTask(tx: Tx, id: string, end: TaskEnd, now: Date): Promise<void> {
  const isWhole = end.status === 'succeeded';
  await tx
    .updateTable('task')
    .set((eb) => ({
      status: end.status,
      ...(isWhole && { total: eb.ref('done') }),
      ...(end.status === 'failed' && {
        error_code: end.code,
        errors: sql`${JSON.stringify(end.errors)}::jsonb`,
      }),
      updated_at: now,
      finished_at: now,
    }))
    .where('id', '=', id)
    .execute();
}
