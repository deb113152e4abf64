import { permissionsOf, type Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { factorsChanged } from '../events.ts';
import { refusalOfGiving } from '../policy.ts';
import { noteFactors } from '../queries/factors.ts';
import { deletePasskeysOf } from '../queries/passkeys.ts';
import { lockUser } from '../queries/people.ts';
import { deleteRecoveryCodes } from '../queries/recovery-codes.ts';
import { endSessionsOf } from '../queries/sessions.ts';
import { deleteTotp } from '../queries/totp.ts';

/**
 * Takes all second factors off somebody who has lost them, by an admin, and ends their sessions. They are told by mail.
 * 404; 403 `permission_not_held` for one who may do more than the admin.
 */
export async function removeAllFactors(deps: Deps, actor: Actor, userId: string): Promise<void> {
  const now = deps.clock.now();
  const ended = await inTransaction(deps.db, async (tx) => {
    const person = await lockUser(tx, userId);
    if (!person) throw notFound('User');
    // Without their factors an account is easier to take over.
    const refusal = refusalOfGiving(actor, permissionsOf(person));
    if (refusal) throw refusal;
    await deleteTotp(tx, userId);
    await deletePasskeysOf(tx, userId);
    await deleteRecoveryCodes(tx, userId);
    await noteFactors(tx, userId);
    const data = { userId, change: 'removedByAdmin' } as const;
    await deps.events.publish(tx, fact(factorsChanged, actor.userId, now, data));
    const after = { change: data.change };
    await deps.audit.record(tx, { action: 'factors.changed', targetId: userId, after });
    return endSessionsOf(tx, userId, 'ended_by_admin', now);
  });
  deps.sessions.tellEnded(ended);
}
