import { permissionsOf, roles, type Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { invalid } from '#platform/errors.ts';
import { refusalOfGiving } from '../policy.ts';
import {
  holdCustomRoles,
  lockSignInPolicy,
  updateSignInPolicy,
  type SignInPolicy,
} from '../queries/sign-in-policy.ts';

/**
 * Whoever has one of these roles, or custom roles, and no second factor can from now on do nothing but set one up. 400
 * `role_unknown`; 403 `permission_not_held` where it changes for a role that may do more than the actor.
 */
export async function putSignInPolicy(deps: Deps, actor: Actor, after: SignInPolicy): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const before = await lockSignInPolicy(tx);
    const changedRoles = difference(before.mfaRequiredFor, after.mfaRequiredFor, roles);
    const idsBefore = before.mfaRequiredForCustomRoles;
    const idsAfter = after.mfaRequiredForCustomRoles;
    const changedIds = difference(idsBefore, idsAfter, [...new Set([...idsBefore, ...idsAfter])]);
    const changedCustomRoles = await holdCustomRoles(tx, changedIds);
    const known = new Set(changedCustomRoles.map(({ id }) => id));
    const unknown = idsAfter.findIndex((id) => changedIds.includes(id) && !known.has(id));
    if (unknown >= 0) throw roleUnknown(unknown);
    const refusal = refusalOfGiving(actor, [
      ...changedRoles.flatMap((role) => permissionsOf({ role })),
      ...changedCustomRoles.flatMap(({ permissions }) => permissions),
    ]);
    if (refusal) throw refusal;
    await updateSignInPolicy(tx, after);
    await deps.audit.record(tx, { action: 'sign_in_policy.changed', before, after });
  });
}

/** Those of `all` that are in one of the two alone. */
function difference<T>(one: readonly T[], other: readonly T[], all: readonly T[]): T[] {
  return all.filter((each) => one.includes(each) !== other.includes(each));
}

function roleUnknown(at: number) {
  const message = 'There is no custom role with this id.';
  const path = `/mfaRequiredForCustomRoles/${at}`;
  return invalid('The body is not valid.', [{ path, code: 'role_unknown', message }]);
}
