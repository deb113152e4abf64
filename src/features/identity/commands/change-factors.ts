import type { Person } from '#platform/auth/actor.ts';
import type { SignInMethod } from '#platform/auth/sign-in-state.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError, notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { factorsChanged, type FactorsChange } from '../events.ts';
import { noteFactors, noteMethod } from '../queries/factors.ts';
import { holdFactors } from '../queries/people.ts';
import { deleteRecoveryCodes } from '../queries/recovery-codes.ts';
import { endOtherSessionsOf } from '../queries/sessions.ts';

/** What a change did, or a problem to be thrown once the transaction is committed. */
type Changed<T> = { change: FactorsChange; result: T; shown?: SignInMethod } | AppError;

/**
 * Changes somebody's own second factors and tells them. `shown`: the factor that the change itself proved, by which the
 * session then counts as signed in, at the time at which it was. With the first factor all other sessions end, which came by the password alone; with
 * the last one go the recovery codes.
 */
export async function changeFactors<T>(
  deps: Deps,
  { userId, sessionId }: Person,
  work: (tx: Tx, now: Date) => Promise<Changed<T>>,
): Promise<T> {
  const now = deps.clock.now();
  const done = await inTransaction(deps.db, async (tx) => {
    // Whoever changes them does so alone, and nobody signs in meanwhile.
    const before = await holdFactors(tx, userId);
    if (!before) throw notFound('Account');
    const changed = await work(tx, now);
    if (changed instanceof AppError) return changed;
    const after = await noteFactors(tx, userId);
    if (changed.shown) await noteMethod(tx, sessionId, changed.shown);
    const had = before.has_totp || before.has_passkey;
    const has = after.hasTotp || after.hasPasskey;
    if (!has) await deleteRecoveryCodes(tx, userId);
    const ended =
      has && !had ? await endOtherSessionsOf(tx, { userId, sessionId }, 'second_factor_added', now) : [];
    const { change } = changed;
    await deps.events.publish(tx, fact(factorsChanged, userId, now, { userId, change }));
    await deps.audit.record(tx, { action: 'factors.changed', targetId: userId, after: { change } });
    return { result: changed.result, ended };
  });
  if (done instanceof AppError) throw done;
  deps.sessions.tellEnded(done.ended);
  return done.result;
}
