import type { Person } from '#platform/auth/actor.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError, conflict, invalid, unauthenticated } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { isFresh, stepUpRequired } from '#platform/http/step-up.ts';
import type { DevicePerson } from '../device-token.ts';
import { passwordChanged } from '../events.ts';
import { findShownBy, lockStepUpFailures, noteStepUpFailure } from '../queries/factors.ts';
import { findPasswordHash, findUser, lockUser, updateUser } from '../queries/people.ts';
import { endOtherSessionsOf } from '../queries/sessions.ts';
import { factorProblem } from './check-factor.ts';
import { checkPassword } from './new-user.ts';
import { exhausted, maxStepUpFailures } from './step-up.ts';

type Wanted = { password: string; currentPassword?: string | undefined };

/**
 * Gives somebody another password, by the one they have, or their first, by a sign-in of late. All their other sessions
 * end, and what was mailed for a new password is void. 400 for a weak one; 403 `factor_refused` for a wrong current
 * password, 403 `step_up_required`; 429 `too_many_attempts`: the session counts wrong ones among its failures to show
 * who it is.
 */
export async function changePassword(deps: Deps, actor: Person, wanted: Wanted): Promise<DevicePerson> {
  const { userId } = actor;
  const [user, held] = [await findUser(deps.db, userId), await findShownBy(deps.db, actor)];
  if (!user || !held) throw sessionOver();
  // Before anything is hashed: guesses that do not count cost nothing either.
  if (held.failures >= maxStepUpFailures) throw exhausted();
  const oldHash = held.passwordHash;
  if (oldHash === null) requireFresh(actor);
  else if (wanted.currentPassword === undefined) throw currentMissing();
  // Weak before wrong: who only mistyped the new one has guessed nothing.
  await checkPassword(deps, wanted.password, user);
  const isRight = oldHash === null || (await deps.passwords.verify(wanted.currentPassword ?? '', oldHash));
  const newHash = isRight ? await deps.passwords.hash(wanted.password) : null;
  const done = await inTransaction(deps.db, (tx) => change(deps, tx, actor, { oldHash, newHash }));
  if (done instanceof AppError) throw done;
  deps.sessions.tellEnded(done.ended);
  return done.person;
}

type Change = { oldHash: string | null; newHash: string | null };
type Changed = { person: DevicePerson; ended: string[] };

/** A problem is thrown once what was counted is committed. */
async function change(
  deps: Deps,
  tx: Tx,
  { userId, sessionId }: Person,
  { oldHash, newHash }: Change,
): Promise<Changed | AppError> {
  const now = deps.clock.now();
  const user = await lockUser(tx, userId);
  // The person before the session, as whoever changes factors locks them.
  const failures = await lockStepUpFailures(tx, sessionId);
  if (user?.status !== 'active' || failures === undefined) return sessionOver();
  if (failures >= maxStepUpFailures) return exhausted();
  if (newHash === null) {
    await noteStepUpFailure(tx, sessionId);
    const refused = { action: 'password.changed', outcome: 'refused', targetId: userId } as const;
    await deps.audit.record(tx, refused);
    return factorProblem(403);
  }
  if ((await findPasswordHash(tx, userId)) !== oldHash)
    return conflict('conflict', 'The password was changed at the same moment. Sign in again.');
  await updateUser(tx, userId, { password_hash: newHash, invited_at: null }, now);
  const ended = await endOtherSessionsOf(tx, { userId, sessionId }, 'password_changed', now);
  await deps.events.publish(tx, fact(passwordChanged, userId, now, { userId, sessionId }));
  const after = { endedSessions: ended.length, isFirst: oldHash === null };
  await deps.audit.record(tx, { action: 'password.changed', targetId: userId, after });
  return { person: { id: userId, password_hash: newHash, devices_forgotten_at: null }, ended };
}

function requireFresh(actor: Person): void {
  if (!isFresh(actor)) throw stepUpRequired(actor.signIn?.stepUpMethods ?? []);
}

function currentMissing(): AppError {
  const message = 'Who has a password gives it to choose another.';
  return invalid('The body is not valid.', [{ path: '/currentPassword', code: 'required', message }]);
}

function sessionOver(): AppError {
  return unauthenticated('The session has ended. Sign in again.');
}
