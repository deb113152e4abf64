import { emailKeyOf } from '#platform/auth/email-key.ts';
import type { Person } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { storedEmail } from '../email.ts';
import { emailChanged, emailChangeRequested } from '../events.ts';
import { beginPasswordResetJob } from '../job-definitions.ts';
import {
  endChangesBut,
  endChangesSince,
  endWaitingChanges,
  insertEmailChange,
  markChangeConfirmed,
  releaseUnproven,
  removeWaysSince,
} from '../queries/email-changes.ts';
import { noteFactors } from '../queries/factors.ts';
import { findOwnership } from '../queries/own-ways.ts';
import { lockUser, updateUser, type UserRow } from '../queries/people.ts';
import { deleteRecoveryCodes } from '../queries/recovery-codes.ts';
import { endSessionsOf } from '../queries/sessions.ts';
import { changeLifetimeMs, holdChangeToken, undoLifetimeMs } from './email-change-token.ts';

/**
 * Asks to have another address. It counts once a link that is mailed there was followed; the old one is told, and can
 * stop it. An address that has an account is answered alike and takes as long: its owner is told. What was asked for
 * before is void. 400 for what is no address.
 */
export async function requestEmailChange(deps: Deps, { userId }: Person, email: string): Promise<void> {
  const address = storedEmail(email);
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const user = await lockUser(tx, userId);
    if (!user) throw notFound('Account');
    await endWaitingChanges(tx, userId, now);
    if (user.email === address.email) return;
    const changeId = newId();
    await insertEmailChange(tx, {
      id: changeId,
      user_id: userId,
      by_admin: false,
      old_email: user.email,
      new_email: address.email,
      created_at: now,
      expires_at: later(now, changeLifetimeMs),
      confirmed_at: null,
      undo_until: later(now, undoLifetimeMs),
    });
    await deps.events.publish(tx, fact(emailChangeRequested, userId, now, { userId, changeId }));
    const change = { before: { email: user.email }, after: { email: address.email } };
    await deps.audit.record(tx, { action: 'email.change_requested', targetId: userId, ...change });
  });
}

/**
 * Gives a person the address that they asked for, which they show to read. 400 `email_token_invalid`; 409 `email_taken`
 * where another account has it by now.
 */
export async function confirmEmailChange(deps: Deps, token: string): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const { change, user } = await holdChangeToken(deps, tx, token, 'emailChange');
    const address = storedEmail(change.new_email ?? '');
    const { chosen_by: choosers } = await findOwnership(tx, user.id);
    // Who had the account by another's choice need not be who reads mail here: nothing of before is known to be theirs.
    const isDoubtful = choosers === null || choosers.length > 0;
    const proof = { email_verified_at: now, ...(isDoubtful && { own_since: null }) };
    await updateUser(tx, user.id, { ...address, ...proof }, now);
    await markChangeConfirmed(tx, { id: change.id, now, undoUntil: later(now, undoLifetimeMs) });
    await announce(deps, tx, { user, changeId: change.id, email: address.email, by: user.id });
  });
}

/**
 * Keeps that somebody who manages people, or a directory, has given a person another address, and has the old one told.
 * What the person asked for before can neither be confirmed nor taken back any more; but who is given back the address that
 * was taken from them can still say that it was not them, since all else that was done meanwhile stands.
 */
export async function noteAddressByAdmin(
  deps: Deps,
  tx: Tx,
  { before, after, by }: { before: UserRow; after: UserRow; by: string | null },
): Promise<void> {
  if (before.email === after.email || before.email === null) return;
  const now = deps.clock.now();
  await endChangesBut(tx, { userId: after.id, email: after.email, now });
  const changeId = newId();
  await insertEmailChange(tx, {
    id: changeId,
    user_id: after.id,
    by_admin: true,
    old_email: before.email,
    new_email: after.email,
    created_at: now,
    expires_at: now,
    confirmed_at: now,
    undo_until: now,
  });
  const data = { userId: after.id, changeId };
  await deps.events.publish(tx, fact(emailChanged, by, now, data));
}

/** What other features take back with a change of address, of what was done since then. In the same transaction. */
export type TakeBack = (deps: Deps, tx: Tx, of: { userId: string; since: Date }) => Promise<void>;

/**
 * For somebody at the old address who did not ask for it: the change does not come, or is taken back with all that came
 * after it. Whoever asked had shown who they were, so the password does not count any more, what opens the account and was
 * made since is removed, all API keys are revoked, all sessions end, and what others know is taken back; the way to a new password is mailed to the old address. It is taken from an
 * account that never confirmed it. 400 `email_token_invalid`, 409 `email_taken`.
 */
export async function undoEmailChange(
  deps: Deps,
  token: string,
  takeBack: readonly TakeBack[],
): Promise<void> {
  const now = deps.clock.now();
  const ended = await inTransaction(deps.db, async (tx) => {
    const { change, user } = await holdChangeToken(deps, tx, token, 'emailChangeUndo');
    const { id: userId } = user;
    const since = change.created_at;
    const emailKey = emailKeyOf(change.old_email ?? '');
    await endChangesSince(tx, { userId, since, now });
    await releaseUnproven(tx, { emailKey, exceptId: userId, now });
    const address = { email: change.old_email, email_key: emailKey, email_verified_at: now };
    const restored = await updateUser(tx, userId, { ...address, password_hash: null }, now);
    await removeWaysSince(tx, { userId, since, now });
    for (const each of takeBack) await each(deps, tx, { userId, since });
    const left = await noteFactors(tx, userId);
    if (!left.hasTotp && !left.hasPasskey) await deleteRecoveryCodes(tx, userId);
    const sessionIds = await endSessionsOf(tx, userId, 'password_changed', now);
    await deps.jobs.enqueue(tx, beginPasswordResetJob, { userId, tokenId: newId() });
    await deps.audit.record(tx, {
      action: 'email.change_undone',
      by: { userId },
      targetId: userId,
      before: { email: user.email },
      after: { email: restored.email, endedSessions: sessionIds.length },
    });
    return sessionIds;
  });
  deps.sessions.tellEnded(ended);
}

type Announced = { user: UserRow; changeId: string; email: string; by: string };

async function announce(deps: Deps, tx: Tx, { user, changeId, email, by }: Announced): Promise<void> {
  const { id: userId } = user;
  await deps.events.publish(tx, fact(emailChanged, by, deps.clock.now(), { userId, changeId }));
  await deps.audit.record(tx, {
    action: 'email.changed',
    by: { userId },
    targetId: userId,
    before: { email: user.email },
    after: { email },
  });
}

function later(now: Date, ms: number): Date {
  return new Date(now.getTime() + ms);
}
