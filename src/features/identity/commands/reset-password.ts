import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import type { DevicePerson } from '../device-token.ts';
import type { EmailTokenPurpose } from '../email-token.ts';
import { invitationAccepted, passwordChanged } from '../events.ts';
import { updateUser } from '../queries/people.ts';
import { endSessionsOf } from '../queries/sessions.ts';
import { markEmailTokenUsed } from '../queries/email-tokens.ts';
import { isUnproven } from '../unproven.ts';
import { dropWaysBefore, justAfter } from './drop-ways.ts';
import { checkPassword } from './new-user.ts';
import { holdEmailToken, openEmailToken, tokenInvalid } from './open-email-token.ts';

/**
 * Sets a new password by a token that was mailed, which proves the address too, and ends all sessions of the person; all
 * else that opens the account goes where whoever registered with the address never confirmed it.
 * Answers by what the device that did it is known from then on.
 * 400 `email_token_invalid`; 400 for a weak password, with which the token is not used up.
 */
export async function resetPassword(deps: Deps, token: string, password: string): Promise<DevicePerson> {
  return setByToken(deps, { token, purpose: 'passwordReset', password });
}

/** The same for a first password, of an account that was made for somebody. */
export async function acceptInvitation(deps: Deps, token: string, password: string): Promise<DevicePerson> {
  return setByToken(deps, { token, purpose: 'invitation', password });
}

type Chosen = { token: string; purpose: Exclude<EmailTokenPurpose, 'verification'>; password: string };

async function setByToken(deps: Deps, { token, purpose, password }: Chosen): Promise<DevicePerson> {
  // Before the transaction, since hashing takes longer than anything in it; after a look at the token, since it costs.
  const person = await openEmailToken(deps, token, purpose);
  if (!person) throw tokenInvalid();
  await checkPassword(deps, password, person);
  const passwordHash = await deps.passwords.hash(password);
  const now = deps.clock.now();
  const ended = await inTransaction(deps.db, async (tx) => {
    const held = await holdEmailToken(deps, tx, token, purpose);
    const userId = held.user_id;
    await markEmailTokenUsed(tx, held.id, now);
    const isFirstProof = isUnproven(held);
    if (isFirstProof) await dropWaysBefore(tx, { userId, before: justAfter(now), now });
    const change = {
      password_hash: passwordHash,
      email_verified_at: held.email_verified_at ?? now,
      invited_at: null,
      own_since: isFirstProof ? now : (held.own_since ?? now),
    };
    await updateUser(tx, userId, change, now);
    const sessionIds = await endSessionsOf(tx, userId, 'password_changed', now);
    const what = purpose === 'invitation' ? invitationAccepted : passwordChanged;
    await deps.events.publish(tx, fact(what, userId, now, { userId }));
    const after = { endedSessions: sessionIds.length };
    const action = purpose === 'invitation' ? 'invitation.accepted' : 'password.reset';
    await deps.audit.record(tx, { action, by: { userId }, targetId: userId, after });
    return sessionIds;
  });
  deps.sessions.tellEnded(ended);
  return { id: person.user_id, password_hash: passwordHash, devices_forgotten_at: null };
}
