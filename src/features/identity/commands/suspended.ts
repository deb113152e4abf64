import type { Db, Tx } from '#platform/db/database.ts';
import { forbidden, type AppError } from '#platform/errors.ts';
import { findSuspension } from '../queries/suspensions.ts';

/** 403 `account_suspended`, for who has shown that the account is theirs; undefined where they are not suspended. */
export async function suspendedProblem(db: Db | Tx, userId: string): Promise<AppError | undefined> {
  const found = await findSuspension(db, userId);
  if (!found) return undefined;
  const { ends_at: endsAt, is_reason_told: isReasonTold, reason } = found;
  const message = 'This account is suspended.';
  const params = { endsAt: endsAt?.toISOString() ?? null, reason: isReasonTold ? reason : null };
  return forbidden(message, 'account_suspended', [{ code: 'account_suspended', params, message }]);
}
