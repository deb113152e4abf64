import { holdPerson } from '#features/identity/commands/hold-person.ts';
import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { erasureRequested } from '../events.ts';
import { obstacleTo, refusalOfErasing, type Erasable } from '../policy.ts';
import {
  cancelErasure,
  findPending,
  insertErasure,
  listSoleCourses,
  type ErasureRow,
} from '../queries/erasures.ts';

const dayMs = 86_400_000;
const shownCourses = 20;

/**
 * Has a person erased once the days of grace are over, and told of it: oneself, or somebody who may do no more than the
 * actor.
 * 403 `permission_not_held`, 404, 409 `last_admin`, `last_owner`, `erasure_pending`.
 */
export async function requestErasure(
  deps: Deps,
  actor: Actor,
  { userId, keepsName }: { userId: string; keepsName: boolean },
): Promise<ErasureRow> {
  const now = deps.clock.now();
  const dueAt = new Date(now.getTime() + deps.config.erasureGraceDays * dayMs);
  return inTransaction(deps.db, async (tx) => {
    const erasable = await holdErasable(tx, userId);
    if (!erasable) throw notFound('User');
    const refusal = refusalOfErasing(actor, erasable.person) ?? obstacleTo(erasable);
    if (refusal) throw refusal;
    const row = await insertErasure(tx, { id: newId(), userId, keepsName, now, dueAt });
    if (!row) throw conflict('erasure_pending', 'This account is to be erased already, or was.');
    await deps.audit.record(tx, { action: 'erasure.requested', targetId: userId });
    await deps.events.publish(tx, fact(erasureRequested, actor.userId, now, { userId, erasureId: row.id }));
    return row;
  });
}

/** For who says that it was not them who registered: an account that is shut, and has no address to tell of it. */
export async function eraseUndone(deps: Deps, tx: Tx, userId: string): Promise<void> {
  const now = deps.clock.now();
  const dueAt = new Date(now.getTime() + deps.config.erasureGraceDays * dayMs);
  if (!(await insertErasure(tx, { id: newId(), userId, keepsName: false, now, dueAt }))) return;
  await deps.audit.record(tx, { action: 'erasure.requested', by: null, targetId: userId });
}

/** Takes the wish back. 403 `permission_not_held`, 404. */
export async function withdrawErasure(deps: Deps, actor: Actor, userId: string): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const held = await holdPerson(tx, userId);
    if (!held) throw notFound('User');
    const refusal = refusalOfErasing(actor, held.person);
    if (refusal) throw refusal;
    if (!(await cancelErasure(tx, userId, deps.clock.now()))) throw notFound('Erasure');
    await deps.audit.record(tx, { action: 'erasure.withdrawn', targetId: userId });
  });
}

/** For who undoes what somebody else did in their name since then: a wish to be erased goes with it. */
export async function withdrawErasureSince(
  deps: Deps,
  tx: Tx,
  { userId, since }: { userId: string; since: Date },
): Promise<void> {
  if (!(await cancelErasure(tx, userId, deps.clock.now(), since))) return;
  await deps.audit.record(tx, { action: 'erasure.withdrawn', by: { userId }, targetId: userId });
}

/** The wish that stands. 404. */
export async function getPendingErasure(deps: Deps, userId: string): Promise<ErasureRow> {
  const row = await findPending(deps.db, userId);
  if (!row) throw notFound('Erasure');
  return row;
}

/** The person with what hangs on them, locked until the transaction ends. */
export async function holdErasable(tx: Tx, userId: string): Promise<Erasable | undefined> {
  const held = await holdPerson(tx, userId);
  if (!held) return undefined;
  return { ...held, soleCourseIds: await listSoleCourses(tx, userId, shownCourses) };
}
