import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { enrollmentWithdrawn } from '../events.ts';
import { isOwn, mayWithdrawEnrollment, refusalOf } from '../policy.ts';
import { claimWithdrawal, withdrawEnrollment } from '../queries/enrolling.ts';
import { lockMetEnrollment } from '../queries/standing.ts';
import { recordByStaff } from './record-by-staff.ts';

/**
 * Ends an enrollment; progress stays. Harmless twice. Staff who withdraw one that its learner left make it theirs, so
 * that the learner cannot come back without them. Throws 404 and 403.
 */
export async function withdraw(deps: Deps, actor: Actor, id: string): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const found = await lockMetEnrollment(tx, id, actor.userId);
    if (!found) throw notFound('Enrollment');
    const refusal = refusalOf(actor, found, mayWithdrawEnrollment(actor, found));
    if (refusal) throw refusal;
    const by = isOwn(actor, found) ? 'learner' : 'staff';
    if (found.status === 'withdrawn') {
      if (by !== 'staff' || found.withdrawnBy !== 'learner') return;
      await claimWithdrawal(tx, id, now);
      await recordByStaff(deps, tx, actor, { action: 'enrollment.withdrawn', ...found });
      return;
    }
    await withdrawEnrollment(tx, id, by, now);
    const { courseId, userId } = found;
    await deps.events.publish(
      tx,
      fact(enrollmentWithdrawn, actor.userId, now, { enrollmentId: found.id, courseId, userId }),
    );
    await recordByStaff(deps, tx, actor, { action: 'enrollment.withdrawn', ...found });
  });
}
