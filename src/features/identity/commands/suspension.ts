import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, invalid, notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { suspensionEnded, userSuspended } from '../events.ts';
import { refusalOfChange } from '../policy.ts';
import { countOtherAdmins, lockUser, updateUser } from '../queries/people.ts';
import { endSessionsOf } from '../queries/sessions.ts';
import {
  deleteSuspension,
  findKeptSince,
  findSuspension,
  listDueSuspensions,
  putSuspension,
  type SuspensionRow,
} from '../queries/suspensions.ts';
import type { SuspensionInput } from '../schemas/suspension.ts';
import { standingOf } from '../standing.ts';

/**
 * Shuts somebody out, until `endsAt` or until it is ended; ends their sessions at once on every node, and tells them by mail.
 * Of who is suspended already it changes what is said, and when it ends. 400 for an end that has passed; 403
 * `permission_not_held`, 403 for oneself, 404, 409 `account_deactivated`, 409 `last_admin`.
 */
export async function suspendUser(
  deps: Deps,
  actor: Actor,
  userId: string,
  input: SuspensionInput,
): Promise<SuspensionRow> {
  const now = deps.clock.now();
  const wanted = {
    user_id: userId,
    reason: input.reason.trim(),
    is_reason_told: input.isReasonTold ?? false,
    ends_at: endOf(input, now),
    suspended_by: actor.userId,
  };
  const done = await inTransaction(deps.db, async (tx) => {
    // Before the person's own row, so that all changes of admins lock in one order.
    const otherAdmins = await countOtherAdmins(tx, userId);
    const target = await lockUser(tx, userId);
    if (!target) throw notFound('User');
    const refusal = refusalOfChange(actor, { target, status: 'suspended', otherAdmins });
    if (refusal) throw refusal;
    const standing = standingOf(target);
    if (standing === 'deactivated') throw conflict('account_deactivated', 'The account is deactivated.');
    const before = standing === 'suspended' ? await findSuspension(tx, userId) : undefined;
    if (before && isSame(before, wanted)) return { row: before, ended: [] };
    const since = target.suspended_at !== null && before ? target.suspended_at : now;
    await updateUser(tx, userId, { deactivated_at: since, suspended_at: since }, now);
    await putSuspension(tx, wanted);
    await deps.events.publish(tx, fact(userSuspended, actor.userId, now, { userId }));
    await deps.audit.record(tx, {
      action: 'user.suspended',
      targetId: userId,
      ...(before && { before: factsOf(before) }),
      after: factsOf(wanted),
    });
    const ended = await endSessionsOf(tx, userId, 'deactivated', now);
    return { row: { ...wanted, suspended_at: since }, ended };
  });
  deps.sessions.tellEnded(done.ended);
  return done.row;
}

/**
 * Lets somebody in again. They are told by mail; but whom a directory has deactivated meanwhile stays so, and is not suspended
 * again by it. 403 `permission_not_held`, 404.
 */
export async function endSuspension(deps: Deps, actor: Actor, userId: string): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const target = await lockUser(tx, userId);
    if (!target) throw notFound('User');
    const refusal = refusalOfChange(actor, { target, status: 'active', otherAdmins: 0 });
    if (refusal) throw refusal;
    if (standingOf(target) === 'suspended') return lift(deps, tx, userId, actor.userId);
    const now = deps.clock.now();
    if (!(await findKeptSince(tx, userId, now))) throw notFound('Suspension');
    await updateUser(tx, userId, { suspended_at: null }, now);
    await forgetSuspension(deps, tx, { userId, actorId: actor.userId, isActive: false });
    return deps.audit.record(tx, { action: 'user.suspension_ended', targetId: userId });
  });
}

const atOnce = 200;

/** Lets those in again whose suspension is over. Again is harmless. Returns how many. */
export async function endDueSuspensions(deps: Deps): Promise<number> {
  let count = 0;
  for (;;) {
    const ids = await listDueSuspensions(deps.db, deps.clock.now(), atOnce);
    for (const id of ids) if (await endDue(deps, id)) count += 1;
    if (ids.length < atOnce) return count;
  }
}

function endDue(deps: Deps, userId: string): Promise<boolean> {
  return inTransaction(deps.db, async (tx) => {
    await lockUser(tx, userId);
    // It may have been ended, or made longer, since it was listed.
    const found = await findSuspension(tx, userId);
    if (!found?.ends_at || found.ends_at > deps.clock.now()) return false;
    await lift(deps, tx, userId, null);
    return true;
  });
}

async function lift(deps: Deps, tx: Tx, userId: string, actorId: string | null): Promise<void> {
  await updateUser(tx, userId, { deactivated_at: null, suspended_at: null }, deps.clock.now());
  await forgetSuspension(deps, tx, { userId, actorId, isActive: true });
  await deps.audit.record(tx, { action: 'user.suspension_ended', targetId: userId });
}

/** What is left to do of a suspension once the account is active or deactivated. Who is let in again is told. */
export async function forgetSuspension(
  deps: Deps,
  tx: Tx,
  { userId, actorId, isActive }: { userId: string; actorId: string | null; isActive: boolean },
): Promise<void> {
  await deleteSuspension(tx, userId);
  if (isActive) await deps.events.publish(tx, fact(suspensionEnded, actorId, deps.clock.now(), { userId }));
}

function endOf({ endsAt }: SuspensionInput, now: Date): Date | null {
  if (endsAt == null) return null;
  const end = new Date(endsAt);
  if (end > now) return end;
  throw invalid('The body is not valid.', [
    { path: '/endsAt', code: 'time_passed', message: 'It must be in the future.' },
  ]);
}

type Said = Pick<SuspensionRow, 'reason' | 'is_reason_told' | 'ends_at'>;

function isSame(one: Said, other: Said): boolean {
  return JSON.stringify(factsOf(one)) === JSON.stringify(factsOf(other));
}

function factsOf({ reason, is_reason_told: isReasonTold, ends_at: endsAt }: Said) {
  return { reason, isReasonTold, endsAt: endsAt?.toISOString() ?? null };
}
