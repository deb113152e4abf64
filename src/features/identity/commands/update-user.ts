import type { Actor } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { newId } from '#platform/ids.ts';
import { storedEmail } from '../email.ts';
import { passwordChanged } from '../events.ts';
import { gainedBy } from '../gained-by.ts';
import { beginVerificationJob } from '../job-definitions.ts';
import { mayTakeAdminAway, refusalOfChange } from '../policy.ts';
import {
  countOtherAdmins,
  findUser,
  lockUser,
  updateUser,
  type UserChange,
  type UserRow,
} from '../queries/people.ts';
import { findOwnership } from '../queries/own-ways.ts';
import { endImpersonationsBy } from '../queries/impersonations.ts';
import { endSessionsOf } from '../queries/sessions.ts';
import type { UserPatch } from '../schemas.ts';
import { entriesOfChange, type PersonChanged } from '../change-entries.ts';
import { standingOf } from '../standing.ts';
import { noteAddressByAdmin } from './change-email.ts';
import { checkPassword, checkTimeZone } from './new-user.ts';
import { secureRise } from './secure-rise.ts';
import { forgetSuspension } from './suspension.ts';

/**
 * Changes a person, by one who manages people and may do all that this person may. Deactivating and a new password end
 * all their sessions; another address is to be confirmed, and the old one is told. Activating and deactivating end a
 * suspension. Who gets a higher role loses what others chose to open the account, unless these may do as much.
 * 403 `permission_not_held`, 404, 409 `last_admin`, 409 `email_taken`, 412.
 */
export async function updateUserByAdmin(
  deps: Deps,
  actor: Actor,
  id: string,
  patch: UserPatch,
  versions: number[] | null,
): Promise<UserRow> {
  checkTimeZone(patch.timeZone);
  const passwordHash = await hashOf(deps, id, patch);
  const now = deps.clock.now();
  const done = await inTransaction(deps.db, async (tx) => {
    // Before the person's own row, so that all changes of admins lock in one order.
    const otherAdmins = mayTakeAdminAway(patch) ? await countOtherAdmins(tx, id) : 0;
    const held = await lockUser(tx, id);
    // Who opens the account looks by a second statement, which sees what the person was given while the first waited.
    const target = patch.password === undefined && patch.email === undefined ? held : await lockUser(tx, id);
    if (!target) throw notFound('User');
    requireVersion(versions, target.version);
    const refusal = refusalOfChange(actor, { target, role: patch.role, status: patch.status, otherAdmins });
    if (refusal) throw refusal;
    const opens = passwordHash !== undefined || isOtherAddress(target, patch.email);
    const chosen = opens ? await chosenBy(tx, actor, id) : {};
    const changed = { ...changeOf(target, patch, passwordHash, now), ...chosen };
    const user = await updateUser(tx, id, changed, now);
    const reason = reasonToEnd(patch, passwordHash);
    const ended = reason ? await endSessionsOf(tx, id, reason, now) : [];
    if (target.role === 'admin' && user.role !== 'admin')
      ended.push(...(await endImpersonationsBy(tx, [id], now)));
    const change = { before: target, after: user, hasNewPassword: passwordHash !== undefined };
    await announce(deps, tx, actor, change);
    await noteAddressByAdmin(deps, tx, { before: target, after: user, by: actor.userId });
    await deps.audit.record(tx, ...entriesOfChange(change));
    const gained = gainedBy(target, user.role);
    await secureRise(deps, tx, { userIds: [id], gained });
    return { user: gained.length === 0 ? user : await reread(tx, id), ended };
  });
  deps.sessions.tellEnded(done.ended);
  return done.user;
}

function reasonToEnd(patch: UserPatch, passwordHash: string | undefined) {
  if (patch.status === 'deactivated') return 'deactivated';
  return passwordHash === undefined ? undefined : 'password_changed';
}

async function reread(tx: Tx, id: string): Promise<UserRow> {
  const user = await findUser(tx, id);
  if (!user) throw notFound('User');
  return user;
}

/** That somebody else has chosen what opens the account, beside all who had. */
async function chosenBy(tx: Tx, { userId }: Actor, id: string): Promise<UserChange> {
  const { chosen_by: before } = await findOwnership(tx, id);
  return { own_since: null, chosen_by: before && [...new Set([...before, userId])] };
}

// Before the transaction: hashing takes longer than anything in it.
async function hashOf(deps: Deps, id: string, patch: UserPatch): Promise<string | undefined> {
  if (patch.password === undefined) return undefined;
  const person = await findUser(deps.db, id);
  if (!person) throw notFound('User');
  await checkPassword(deps, patch.password, {
    email: patch.email ?? person.email,
    name: patch.name ?? person.name,
  });
  return deps.passwords.hash(patch.password);
}

async function announce(
  deps: Deps,
  tx: Tx,
  actor: Actor,
  { before, after, hasNewPassword }: PersonChanged,
): Promise<void> {
  const { id: userId, email } = after;
  if (standingOf(before) === 'suspended' && standingOf(after) !== 'suspended') {
    const isActive = after.deactivated_at === null;
    await forgetSuspension(deps, tx, { userId, actorId: actor.userId, isActive });
  }
  if (hasNewPassword)
    await deps.events.publish(tx, fact(passwordChanged, actor.userId, deps.clock.now(), { userId }));
  if (email !== null && email !== before.email) {
    const payload = { userId, tokenId: newId(), reason: 'addressChanged' } as const;
    await deps.jobs.enqueue(tx, beginVerificationJob, payload);
  }
}

function changeOf(
  target: UserRow,
  patch: UserPatch,
  passwordHash: string | undefined,
  now: Date,
): UserChange {
  const { email, name, role, status, locale, timeZone } = patch;
  return {
    ...(email !== undefined && addressOf(target, email)),
    ...(name !== undefined && { name: name.trim() }),
    ...(role !== undefined && { role }),
    ...(status !== undefined && {
      deactivated_at: status === 'deactivated' ? now : null,
      suspended_at: null,
    }),
    ...(locale !== undefined && { locale }),
    ...(timeZone !== undefined && { time_zone: timeZone }),
    ...(passwordHash !== undefined && { password_hash: passwordHash, invited_at: null }),
  };
}

function addressOf(target: UserRow, email: string | null): UserChange {
  const address = email === null ? { email, email_key: null } : storedEmail(email);
  return { ...address, ...(isOtherAddress(target, email) && { email_verified_at: null }) };
}

// Another spelling counts as another address: it may be another mailbox.
function isOtherAddress(target: UserRow, email: string | null | undefined): boolean {
  if (email === undefined) return false;
  return (email === null ? null : storedEmail(email).email) !== target.email;
}
