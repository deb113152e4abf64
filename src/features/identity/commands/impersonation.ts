import type { Person } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { userImpersonated } from '../events.ts';
import { refusalOfActing } from '../policy.ts';
import { insertImpersonation } from '../queries/impersonations.ts';
import { endOwnSession } from '../queries/own-sessions.ts';
import { holdActive, lockUser } from '../queries/people.ts';
import { standingOf } from '../standing.ts';

export type Impersonation = { id: string; userId: string; accessToken: string; expiresInSeconds: number };

/**
 * Lets an admin act as somebody for a quarter of an hour at most, while their own session lasts. The person is told by mail,
 * and by the list of their sessions. 403 `acting_not_allowed`, 404, 409 `account_deactivated` and `account_suspended`.
 */
export async function startImpersonation(
  deps: Deps,
  admin: Person,
  userId: string,
  reason: string,
): Promise<Impersonation> {
  const now = deps.clock.now();
  const id = newId();
  const claims = { userId, sessionId: id, authenticatedAt: now, impersonatorId: admin.userId };
  const { token, expiresInSeconds } = await deps.accessTokens.issue(claims, now);
  await inTransaction(deps.db, async (tx) => {
    // Whoever takes the role away meanwhile waits, and then ends what begins here.
    const self = await holdActive(tx, admin.userId);
    const target = await lockUser(tx, userId);
    if (!target) throw notFound('User');
    const refusal = refusalOfActing({ ...admin, role: self?.role ?? 'student' }, target);
    if (refusal) throw refusal;
    const standing = standingOf(target);
    if (standing !== 'active') throw conflict(`account_${standing}`, `The account is ${standing}.`);
    await insertImpersonation(tx, {
      id,
      userId,
      impersonatorId: admin.userId,
      impersonatorSessionId: admin.sessionId,
      reason: reason.trim(),
      now,
      expiresAt: new Date(now.getTime() + expiresInSeconds * 1000),
    });
    await deps.events.publish(tx, fact(userImpersonated, admin.userId, now, { userId, sessionId: id }));
    await deps.audit.record(tx, {
      action: 'impersonation.started',
      targetId: id,
      personId: userId,
      after: { reason: reason.trim() },
    });
  });
  return { id, userId, accessToken: token, expiresInSeconds };
}

/** Ends it, whoever of those who manage people began it, at once on every node. 404. */
export async function stopImpersonation(deps: Deps, of: { userId: string; id: string }): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const isEnded = await endOwnSession(tx, { ...of, isActing: true }, 'ended_by_admin', deps.clock.now());
    if (!isEnded) throw notFound('Impersonation');
    await deps.audit.record(tx, { action: 'session.ended', targetId: of.id, personId: of.userId });
  });
  deps.sessions.tellEnded([of.id]);
}
