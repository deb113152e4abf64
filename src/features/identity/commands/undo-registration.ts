import { permissionsOf } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict } from '#platform/errors.ts';
import { markEmailTokenUsed } from '../queries/email-tokens.ts';
import { lockUser, updateUser } from '../queries/people.ts';
import { isUnproven } from '../unproven.ts';
import { holdEmailToken, tokenInvalid } from './open-email-token.ts';
import { beginAnew } from './verify-email.ts';

/** What other features do to have an account erased that its address's owner did not make. In the same transaction. */
export type EraseUndone = (deps: Deps, tx: Tx, userId: string) => Promise<void>;

/**
 * For the owner of an address with which somebody else registered: the account loses the address at once, nobody signs in
 * to it any more, and after the days of grace it is erased; whoever only mistyped theirs can ask an admin meanwhile. 400
 * `email_token_invalid`, also once the address was confirmed; 409 where the account was given permissions.
 */
export async function undoRegistration(deps: Deps, token: string, erase: EraseUndone): Promise<void> {
  const now = deps.clock.now();
  const ended = await inTransaction(deps.db, async (tx) => {
    const held = await holdEmailToken(deps, tx, token, 'verification');
    if (!isUnproven(held)) throw tokenInvalid();
    const { user_id: userId } = held;
    const person = await lockUser(tx, userId);
    if (!person || permissionsOf(person).length > 0)
      throw conflict('conflict', 'This account was given permissions. Write to the administrators.');
    await markEmailTokenUsed(tx, held.id, now);
    const sessionIds = await beginAnew(tx, held, now);
    const gone = { email: null, email_key: null, password_hash: null, deactivated_at: now };
    await updateUser(tx, userId, gone, now);
    const after = { endedSessions: sessionIds.length };
    await deps.audit.record(tx, { action: 'registration.undone', by: null, targetId: userId, after });
    await erase(deps, tx, userId);
    return sessionIds;
  });
  deps.sessions.tellEnded(ended);
}
