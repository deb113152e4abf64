import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import {
  endTask,
  insertTask,
  lockTask,
  moveTask,
  startTask,
  type TaskEnd,
  type TaskRow,
} from '../queries/tasks.ts';

export type { TaskRow };
type Clocked = Pick<Deps, 'clock'>;

/** `kind`: `feature.verb`. `subjectId`: what it is about. `total` null: how much there is to do is not known yet. */
export type NewTask = { id: string; kind: string; ownerId: string; subjectId: string; total: number | null };

/** Makes a task that waits for its job, which the caller enqueues in the same transaction. */
export async function makeTask({ clock }: Clocked, tx: Tx, task: NewTask): Promise<void> {
  await insertTask(tx, { ...task, now: clock.now() });
}

/** Begins a task, or goes on with it. Undefined where it has ended, was cancelled or is not there: do nothing then. */
export async function beginTask({ clock }: Clocked, tx: Tx, id: string): Promise<TaskRow | undefined> {
  const task = await lockTask(tx, id);
  if (!task || task.finished_at !== null) return undefined;
  await startTask(tx, id, clock.now());
  return { ...task, status: 'running', started_at: task.started_at ?? clock.now() };
}

/**
 * Holds a task that has done exactly so much, until the transaction ends, for the next part of its work. False where it
 * was cancelled, or where another run of its job has gone on with it: stop then.
 */
export async function holdTask(tx: Tx, id: string, done: number): Promise<boolean> {
  const task = await lockTask(tx, id);
  return task?.status === 'running' && task.done === done;
}

/** Tells how much is done by now. In the transaction that did it, so that after a crash nothing is lost or done twice. */
export async function advanceTask({ clock }: Clocked, tx: Tx, id: string, done: number): Promise<void> {
  await moveTask(tx, id, { done, now: clock.now() });
}

/** Ends a task; one that has ended stays as it is. `errors` are shown to its owner. */
export async function finishTask({ clock }: Clocked, tx: Tx, id: string, end: TaskEnd): Promise<void> {
  const task = await lockTask(tx, id);
  if (!task || task.finished_at !== null) return;
  await endTask(tx, id, end, clock.now());
}
