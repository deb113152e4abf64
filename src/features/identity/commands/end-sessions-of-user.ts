import { permissionsOf, type Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { refusalOfGiving } from '../policy.ts';
import { forgetDevices } from '../queries/own-sessions.ts';
import { lockUser } from '../queries/people.ts';
import { endSessionsOf } from '../queries/sessions.ts';

/**
 * Signs somebody out everywhere, by an admin, and no device knows them any more; they can sign in again. 404; 403 `permission_not_held` for one who may do
 * more than the admin.
 */
export async function endSessionsOfUser(deps: Deps, actor: Actor, userId: string): Promise<void> {
  const ended = await inTransaction(deps.db, async (tx) => {
    const person = await lockUser(tx, userId);
    if (!person) throw notFound('User');
    const refusal = refusalOfGiving(actor, permissionsOf(person));
    if (refusal) throw refusal;
    const now = deps.clock.now();
    await forgetDevices(tx, userId, now);
    const sessions = await endSessionsOf(tx, userId, 'ended_by_admin', now);
    const after = { endedSessions: sessions.length };
    await deps.audit.record(tx, { action: 'session.ended', targetId: null, personId: userId, after });
    return sessions;
  });
  deps.sessions.tellEnded(ended);
}
