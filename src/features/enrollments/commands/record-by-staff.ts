import type { AuditAction } from '#platform/audit/actions.ts';
import { handOf, type Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';

type Act = { action: AuditAction; id: string; courseId: string; userId: string };

/** Keeps in the audit trail what somebody does to another's enrollment, in whose name ever. What learners do themselves is no part of it. */
export async function recordByStaff(deps: Deps, tx: Tx, actor: Actor, act: Act): Promise<void> {
  const { action, id, courseId, userId } = act;
  if (handOf(actor) === userId) return;
  await deps.audit.record(tx, { action, targetId: id, personId: userId, courseId });
}
