import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { entriesOfChange } from '../change-entries.ts';
import { storedEmail } from '../email.ts';
import { userRegistered, userSuspended } from '../events.ts';
import { beginVerificationJob } from '../job-definitions.ts';
import { insertUser, lockUser, updateUser, type UserChange, type UserRow } from '../queries/people.ts';
import { endSessionsOf } from '../queries/sessions.ts';
import { findKeptSince } from '../queries/suspensions.ts';
import { standingOf } from '../standing.ts';
import { noteAddressByAdmin } from './change-email.ts';
import { newUserOf } from './new-user.ts';

/** What a directory says of a person. `isVouchedFor`: it speaks for the address. Undefined: nothing. */
export type Provisioned = {
  email?: string | null | undefined;
  isVouchedFor: boolean;
  name?: string | undefined;
  locale?: string | undefined;
  isActive?: boolean | undefined;
};

/**
 * Makes a student's account without a password for somebody whom a directory brings. They get no mail: the institution
 * says when they are to hear of it. Throws for an address that is taken, or is none.
 */
export async function createProvisionedAccount(
  deps: Deps,
  tx: Tx,
  person: Provisioned & { name: string },
): Promise<string> {
  const now = deps.clock.now();
  const { email, isVouchedFor, name, locale } = person;
  const user = await insertUser(tx, {
    ...newUserOf({
      id: newId(),
      email,
      name,
      role: 'student',
      passwordHash: null,
      locale,
      isVouchedFor,
      now,
    }),
    // Who has not registered has not proved an address by what opens the account either.
    ...(!isVouchedFor && { own_since: null, chosen_by: null }),
  });
  const data = { userId: user.id, origin: 'provisioning' as const };
  await deps.events.publish(tx, fact(userRegistered, null, now, data));
  const after = { role: user.role, email: user.email };
  await deps.audit.record(tx, { action: 'user.created', targetId: user.id, after });
  if (person.isActive === false) await changeProvisionedAccount(deps, tx, user.id, person);
  return user.id;
}

/**
 * Brings an account up to what a directory says. Returns the sessions that ended, to be told after the commit: all of
 * somebody who is deactivated. The old address is told of another, and who is suspended again of that. 404; throws for an
 * address that is taken, or is none.
 */
export async function changeProvisionedAccount(
  deps: Deps,
  tx: Tx,
  id: string,
  said: Provisioned,
): Promise<string[]> {
  const now = deps.clock.now();
  const before = await lockUser(tx, id);
  if (!before) throw notFound('User');
  const change = { ...changeOf(before, said, now), ...(await standingBy(tx, before, said.isActive, now)) };
  if (Object.keys(change).length === 0) return [];
  const after = await updateUser(tx, id, change, now);
  const isEnding = before.status === 'active' && after.status === 'deactivated';
  const ended = isEnding ? await endSessionsOf(tx, id, 'deactivated', now) : [];
  if (standingOf(before) === 'deactivated' && standingOf(after) === 'suspended')
    await deps.events.publish(tx, fact(userSuspended, null, now, { userId: id }));
  if (after.email !== null && after.email !== before.email && after.email_verified_at === null) {
    const payload = { userId: id, tokenId: newId(), reason: 'addressChanged' } as const;
    await deps.jobs.enqueue(tx, beginVerificationJob, payload);
  }
  await noteAddressByAdmin(deps, tx, { before, after, by: null });
  await deps.audit.record(tx, ...entriesOfChange({ before, after, hasNewPassword: false }));
  return ended;
}

function changeOf(before: UserRow, { email, isVouchedFor, name, locale }: Provisioned, now: Date) {
  return {
    ...(email !== undefined && email !== before.email && addressOf(email, isVouchedFor ? now : null)),
    ...(name !== undefined && name !== before.name && { name }),
    ...(locale !== undefined && locale !== before.locale && { locale }),
  } satisfies UserChange;
}

/** A suspension is somebody's here: a directory does not end it. Whom it lets go and takes back is suspended again while it lasts. */
async function standingBy(
  tx: Tx,
  before: UserRow,
  isActive: boolean | undefined,
  now: Date,
): Promise<UserChange> {
  const standing = standingOf(before);
  const { id, suspended_at: since } = before;
  if (isActive === true && standing === 'deactivated') {
    const kept = (since && (await findKeptSince(tx, id, now))) ?? null;
    return { deactivated_at: kept, suspended_at: kept };
  }
  if (isActive !== false || standing === 'deactivated') return {};
  if (standing === 'active' || !since) return { deactivated_at: now, suspended_at: null };
  // Later than the suspension by all means: one time for both would be a suspension.
  return { deactivated_at: new Date(Math.max(now.getTime(), since.getTime() + 1)) };
}

function addressOf(email: string | null, verifiedAt: Date | null): UserChange {
  const byIt = { own_since: null, chosen_by: null };
  if (email === null) return { email, email_key: null, email_verified_at: null, ...byIt };
  return { ...storedEmail(email), email_verified_at: verifiedAt, ...byIt };
}
