import type { AuditEntry } from '#platform/audit/audit.ts';
import { permissionsOf, type Actor, type Permission } from '#platform/auth/actor.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import type { AppError, Reason } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { entriesOfChange } from '../change-entries.ts';
import { userRegistered } from '../events.ts';
import { gainedBy } from '../gained-by.ts';
import { invitationLifetimeMs } from '../invitation.ts';
import { beginInvitationJob } from '../job-definitions.ts';
import { mayTakeAdminAway, refusalOfChange, refusalOfGiving } from '../policy.ts';
import { insertUsers, lockUsersByKey, type KnownPerson } from '../queries/importing.ts';
import { lockAdmins, updateUser, type NewUser, type UserChange } from '../queries/people.ts';
import type { ImportedPerson } from '../schemas/imported-person.ts';
import { newUserOf } from './new-user.ts';
import { secureRise } from './secure-rise.ts';

export { createPersonCheck } from './check-person.ts';

/** One that has been checked. `inviteAt`: when a mail is to ask them for a first password; null: they are not asked. */
export type PersonToImport = ImportedPerson & { inviteAt: Date | null };

export type PersonOutcome =
  | { status: 'created' | 'updated' | 'unchanged'; userId: string }
  | { status: 'failed'; errors: Reason[] };

type Planned = { outcome: PersonOutcome; write?: (work: Work) => Promise<void> | void };
type Work = {
  tx: Tx;
  users: NewUser[];
  invited: { userId: string; at: Date }[];
  entries: AuditEntry[];
  risen: { userId: string; gained: Permission[] }[];
};
type Importing = { actor: Actor; isDryRun: boolean; people: readonly PersonToImport[] };

/**
 * Makes and changes people by their addresses, each at most once, in the caller's transaction, and tells of each in
 * their order. Of those who are there, only what is given is changed; nobody is activated. A dry run changes nothing;
 * the ids that it tells of new people are none.
 */
export async function importPeople(
  deps: Deps,
  tx: Tx,
  { actor, isDryRun, people }: Importing,
): Promise<PersonOutcome[]> {
  const now = deps.clock.now();
  const mayDemote = people.some(({ role }) => mayTakeAdminAway({ role }));
  // Before the people's own rows, so that all changes of admins lock in one order.
  const admins = new Set(mayDemote ? await lockAdmins(tx) : []);
  const keys = people.map(({ email }) => emailKeyOf(email));
  const known = new Map((await lockUsersByKey(tx, keys)).map((each) => [each.email_key, each]));
  const planned = people.map((person) => {
    const found = known.get(emailKeyOf(person.email));
    return found ? planChange({ actor, admins, now }, found, person) : planNew(actor, person, now);
  });
  if (!isDryRun) await write(deps, tx, actor, { planned, now });
  return planned.map(({ outcome }) => outcome);
}

function planNew(actor: Actor, person: PersonToImport, now: Date): Planned {
  const { email, name, role = 'student', locale, timeZone, inviteAt } = person;
  if (name === undefined)
    return failed([{ path: 'name', code: 'required', message: 'A new person needs a name.' }]);
  const refusal = refusalOfGiving(actor, permissionsOf({ role }));
  if (refusal) return failed(reasonsOf(refusal));
  const id = newId();
  const isVouchedFor = true;
  return {
    outcome: { status: 'created', userId: id },
    write({ users, invited, entries }) {
      const user = newUserOf({
        id,
        email,
        name,
        role,
        locale,
        timeZone,
        passwordHash: null,
        isVouchedFor,
        chosenBy: actor.userId,
        now,
      });
      users.push({ ...user, invited_at: inviteAt && now });
      const after = { role, email: user.email, ...(inviteAt && { isInvited: true }) };
      entries.push({ action: 'user.created', by: { userId: actor.userId }, targetId: id, after });
      if (inviteAt) invited.push({ userId: id, at: inviteAt });
    },
  };
}

type Standing = { actor: Actor; admins: Set<string>; now: Date };

function planChange({ actor, admins, now }: Standing, found: KnownPerson, person: PersonToImport): Planned {
  const { id } = found;
  const change = changeOf(found, person);
  const inviteAt = mayBeInvited(found, now) ? person.inviteAt : null;
  if (Object.keys(change).length === 0 && inviteAt === null)
    return { outcome: { status: 'unchanged', userId: id } };
  const otherAdmins = admins.size - (admins.has(id) ? 1 : 0);
  const refusal = refusalOfChange(actor, { target: found, role: change.role, otherAdmins });
  if (refusal) return failed(reasonsOf(refusal));
  if (change.role !== undefined && mayTakeAdminAway({ role: change.role })) admins.delete(id);
  return {
    outcome: { status: 'updated', userId: id },
    async write({ tx, invited, entries, risen }) {
      const after = await updateUser(tx, id, { ...change, ...(inviteAt && { invited_at: now }) }, now);
      if (change.role !== undefined) risen.push({ userId: id, gained: gainedBy(found, change.role) });
      const by = { userId: actor.userId };
      const told = entriesOfChange({ before: found, after, hasNewPassword: false });
      entries.push(...told.map((each) => ({ ...each, by })));
      if (!inviteAt) return;
      entries.push({ action: 'invitation.sent', by, targetId: id });
      invited.push({ userId: id, at: inviteAt });
    },
  };
}

// Whoever was invited lately has the mail, or soon will.
function mayBeInvited({ has_own_way: hasOwnWay, status, invited_at: invitedAt }: KnownPerson, now: Date) {
  if (hasOwnWay || status !== 'active') return false;
  return invitedAt === null || now.getTime() - invitedAt.getTime() > invitationLifetimeMs;
}

function changeOf(found: KnownPerson, { name, role, locale, timeZone }: PersonToImport): UserChange {
  return {
    ...(name !== undefined && name !== found.name && { name }),
    ...(role !== undefined && role !== found.role && { role }),
    ...(locale !== undefined && locale !== found.locale && { locale }),
    ...(timeZone !== undefined && timeZone !== found.time_zone && { time_zone: timeZone }),
  };
}

async function write(
  deps: Deps,
  tx: Tx,
  actor: Actor,
  { planned, now }: { planned: readonly Planned[]; now: Date },
): Promise<void> {
  const work: Work = { tx, users: [], invited: [], entries: [], risen: [] };
  for (const { write: each } of planned) await each?.(work);
  const made = await insertUsers(tx, work.users);
  // Undone with the transaction; the next try finds them.
  if (made < work.users.length) throw new Error('Somebody else made an account with an address of the file.');
  await deps.events.publish(
    tx,
    ...work.users.map(({ id: userId, invited_at: invitedAt }) =>
      fact(userRegistered, actor.userId, now, { userId, origin: invitedAt ? 'invitation' : 'import' }),
    ),
  );
  await deps.audit.record(tx, ...work.entries);
  // All of them at once, each as if they had gained all: a file makes people of one kind.
  const risen = work.risen.filter(({ gained }) => gained.length > 0);
  const userIds = risen.map(({ userId }) => userId);
  await secureRise(deps, tx, { userIds, gained: [...new Set(risen.flatMap(({ gained }) => gained))] });
  await deps.jobs.enqueueAll(
    tx,
    work.invited.map(({ userId, at }) => ({
      definition: beginInvitationJob,
      payload: { userId, tokenId: newId() },
      options: { startAfter: at },
    })),
  );
}

function failed(errors: Reason[]): Planned {
  return { outcome: { status: 'failed', errors } };
}

function reasonsOf({ code, message, errors }: AppError): Reason[] {
  if (errors.length === 0) return [{ path: 'role', code, message }];
  return errors.map((each) => ({ path: 'role', ...each }));
}
