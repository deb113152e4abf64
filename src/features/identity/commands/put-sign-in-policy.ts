import type { Role } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { putRequiredRoles } from '../queries/factors.ts';

/** Whoever has one of these roles and no second factor can from now on do nothing but set one up. */
export async function putSignInPolicy(deps: Deps, mfaRequiredFor: readonly Role[]): Promise<void> {
  await inTransaction(deps.db, (tx) => putRequiredRoles(tx, mfaRequiredFor));
}
