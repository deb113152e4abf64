import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { invalid } from '#platform/errors.ts';
import type { DevicePerson } from '../device-token.ts';
import { markEmailTokenUsed } from '../queries/email-tokens.ts';
import { updateUser } from '../queries/people.ts';
import { endSessionsOf } from '../queries/sessions.ts';
import { isUnproven } from '../unproven.ts';
import { dropWaysBefore, justAfter } from './drop-ways.ts';
import { checkPassword } from './new-user.ts';
import { holdEmailToken, openEmailToken, tokenInvalid, type OpenEmailToken } from './open-email-token.ts';

/**
 * Takes the token as proof that its person reads the mail of their address. 400 `email_token_invalid`. Whether it was they
 * who registered with it is not known by this: before they may do more, they choose a password by mail.
 */
export async function verifyEmail(deps: Deps, token: string): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const held = await holdEmailToken(deps, tx, token, 'verification');
    const { id, user_id: userId } = held;
    await markEmailTokenUsed(tx, id, now);
    const unknown = isUnproven(held) ? { own_since: null, chosen_by: null } : {};
    await updateUser(tx, userId, { email_verified_at: now, ...unknown }, now);
    await deps.audit.record(tx, { action: 'email.verified', by: { userId }, targetId: userId });
  });
}

/**
 * The same by who says with which password they sign in from now on. With the one that was chosen at registering it was
 * they; with another, what was chosen there counts no more, nor does anything else that opens the account. 400
 * `email_token_invalid`; 400 for a weak password, and `password_not_expected` for an account whose address an admin or a
 * directory gave; neither uses the token up.
 */
export async function verifyEmailByPassword(
  deps: Deps,
  token: string,
  password: string,
): Promise<DevicePerson> {
  const person = await openEmailToken(deps, token, 'verification');
  if (!person) throw tokenInvalid();
  if (!isUnproven(person)) throw notExpected();
  const { user_id: id, password_hash: registered } = person;
  // Before anything is hashed: a weak one does not use the token up, and costs nothing.
  await checkPassword(deps, password, person);
  const isRegistrant = await deps.passwords.verify(password, registered);
  const newHash = isRegistrant ? null : await deps.passwords.hash(password);
  const now = deps.clock.now();
  const done = await inTransaction(deps.db, async (tx) => {
    const held = await holdEmailToken(deps, tx, token, 'verification');
    // Confirmed, or given another password, at the same moment.
    if (!isUnproven(held) || held.password_hash !== registered) throw tokenInvalid();
    await markEmailTokenUsed(tx, held.id, now);
    const ended = newHash === null ? [] : await beginAnew(tx, held, now);
    const change = {
      email_verified_at: now,
      ...(newHash !== null && { password_hash: newHash, own_since: now }),
    };
    await updateUser(tx, id, change, now);
    const after = { isRegistrant, endedSessions: ended.length };
    await deps.audit.record(tx, { action: 'email.verified', by: { userId: id }, targetId: id, after });
    return ended;
  });
  deps.sessions.tellEnded(done);
  return { id, password_hash: newHash ?? registered, devices_forgotten_at: null };
}

/**
 * Of who registered with the address, nothing opens the account any more: its owner has come. Returns the sessions that
 * ended. The person is the caller's to lock.
 */
export async function beginAnew(tx: Tx, { user_id: userId }: OpenEmailToken, now: Date): Promise<string[]> {
  await dropWaysBefore(tx, { userId, before: justAfter(now), now });
  return endSessionsOf(tx, userId, 'password_changed', now);
}

function notExpected() {
  const message = 'Somebody gave this account its address: it keeps its password. Send the token alone.';
  return invalid('The body is not valid.', [{ path: '/password', code: 'password_not_expected', message }]);
}
