import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { refusalOfCancelling } from '../policy.ts';
import { endTask, lockTask } from '../queries/tasks.ts';

/** Stops a task before its next part; what it has done stays done. Again is harmless. 403, 404, 409 `task_finished`. */
export async function cancelTask(deps: Deps, actor: Actor, id: string): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const task = await lockTask(tx, id);
    if (!task) throw notFound('Task');
    const refusal = refusalOfCancelling(actor, { ownerId: task.owner_id });
    if (refusal) throw refusal;
    if (task.status === 'cancelled') return;
    if (task.finished_at !== null) throw conflict('task_finished', 'It has ended already.');
    await endTask(tx, id, { status: 'cancelled' }, deps.clock.now());
    const after = { kind: task.kind, done: task.done };
    await deps.audit.record(tx, { action: 'task.cancelled', targetId: id, personId: task.owner_id, after });
  });
}
