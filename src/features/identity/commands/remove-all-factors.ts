import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { factorsChanged } from '../events.ts';
import { noteFactors } from '../queries/factors.ts';
import { deletePasskeysOf } from '../queries/passkeys.ts';
import { holdFactors } from '../queries/people.ts';
import { deleteRecoveryCodes } from '../queries/recovery-codes.ts';
import { endSessionsOf } from '../queries/sessions.ts';
import { deleteTotp } from '../queries/totp.ts';

/**
 * Takes all second factors off somebody who has lost them, by an admin, and ends their sessions. They are told by mail.
 * 404.
 */
export async function removeAllFactors(deps: Deps, actor: Actor, userId: string): Promise<void> {
  const now = deps.clock.now();
  const ended = await inTransaction(deps.db, async (tx) => {
    if (!(await holdFactors(tx, userId))) throw notFound('User');
    await deleteTotp(tx, userId);
    await deletePasskeysOf(tx, userId);
    await deleteRecoveryCodes(tx, userId);
    await noteFactors(tx, userId);
    const data = { userId, change: 'removedByAdmin' } as const;
    await deps.events.publish(tx, fact(factorsChanged, actor.userId, now, data));
    return endSessionsOf(tx, userId, 'ended_by_admin', now);
  });
  deps.sessions.tellEnded(ended);
}
