import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { beginInvitationJob } from '../job-definitions.ts';
import { refusalOfChange } from '../policy.ts';
import { findPasswordHash, lockUser, updateUser, type UserRow } from '../queries/people.ts';
import { standingOf } from '../standing.ts';

/**
 * Has somebody who has no password yet asked by mail to choose one; an earlier invitation is void from then on.
 * 403 `permission_not_held`, 404, 409 `has_password`, `has_no_address`, `account_deactivated` and
 * `account_suspended`.
 */
export async function inviteUser(deps: Deps, actor: Actor, id: string): Promise<UserRow> {
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const target = await lockUser(tx, id);
    if (!target) throw notFound('User');
    const refusal = refusalOfChange(actor, { target, otherAdmins: 0 });
    if (refusal) throw refusal;
    const standing = standingOf(target);
    if (standing !== 'active')
      throw conflict(`account_${standing}`, `The account is ${standing}. Activate it first.`);
    if (target.email === null) throw conflict('has_no_address', 'The account has no address to invite.');
    if ((await findPasswordHash(tx, id)) !== null)
      throw conflict('has_password', 'The person has a password and can have a new one sent.');
    const user = await updateUser(tx, id, { invited_at: now }, now);
    await deps.jobs.enqueue(tx, beginInvitationJob, { userId: id, tokenId: newId() });
    await deps.audit.record(tx, { action: 'invitation.sent', targetId: id });
    return user;
  });
}
