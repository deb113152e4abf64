import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { refusalOfLearning } from '../policy.ts';
import { putReview, type ReviewRow } from '../queries/reviews.ts';
import { lockMetEnrollment } from '../queries/standing.ts';

/**
 * Writes or replaces the review of an enrollment. Being enrolled is enough: why somebody left after the first lesson is
 * worth reading too. Throws 404, 403 for staff and 409 `enrollment_withdrawn`.
 */
export async function reviewCourse(
  deps: Deps,
  actor: Actor,
  enrollmentId: string,
  { rating, text }: { rating: number; text?: string | null | undefined },
): Promise<ReviewRow> {
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const found = await lockMetEnrollment(tx, enrollmentId, actor.userId);
    if (!found) throw notFound('Enrollment');
    const refusal = refusalOfLearning(actor, found);
    if (refusal) throw refusal;
    const { courseId, userId } = found;
    return putReview(tx, { enrollmentId, courseId, userId, rating, text: text?.trim() || null, now });
  });
}
