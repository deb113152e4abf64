import { permissionsOf, roles, type Actor, type Role } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { refusalOfGiving } from '../policy.ts';
import { lockRequiredRoles, putRequiredRoles } from '../queries/factors.ts';

/**
 * Whoever has one of these roles and no second factor can from now on do nothing but set one up. 403
 * `permission_not_held` where it changes for a role that may do more than the actor.
 */
export async function putSignInPolicy(
  deps: Deps,
  actor: Actor,
  mfaRequiredFor: readonly Role[],
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const before = await lockRequiredRoles(tx);
    const changed = roles.filter((role) => before.includes(role) !== mfaRequiredFor.includes(role));
    const refusal = refusalOfGiving(
      actor,
      changed.flatMap((role) => permissionsOf({ role })),
    );
    if (refusal) throw refusal;
    await putRequiredRoles(tx, mfaRequiredFor);
    await deps.audit.record(tx, {
      action: 'sign_in_policy.changed',
      before: { mfaRequiredFor: before },
      after: { mfaRequiredFor },
    });
  });
}
