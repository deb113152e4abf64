import type { Person } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import type { DevicePerson } from '../device-token.ts';
import { endOwnSession, forgetDevices } from '../queries/own-sessions.ts';
import { endOtherSessionsOf, endSession } from '../queries/sessions.ts';

/** Ends one of the person's open sessions, on whatever device, at once on every node. 404. */
export async function endSessionOf(deps: Deps, person: Person, id: string): Promise<void> {
  const now = deps.clock.now();
  const others = await inTransaction(deps.db, async (tx) => {
    const isEnded = await endOwnSession(tx, { userId: person.userId, id }, 'logout', now);
    if (!isEnded) throw notFound('Session');
    await deps.audit.record(tx, { action: 'session.ended', targetId: id, personId: person.userId });
    return endSession(tx, id, 'logout', now);
  });
  deps.sessions.tellEnded([id, ...others]);
}

/**
 * Ends all of the person's sessions but the one they come by, and logins that wait; no device knows them any more. Answers
 * by what the present one may have known them.
 */
export async function endOtherSessions(deps: Deps, person: Person): Promise<DevicePerson> {
  const { userId, sessionId } = person;
  const now = deps.clock.now();
  const { known, ended } = await inTransaction(deps.db, async (tx) => {
    const before = await forgetDevices(tx, userId, now);
    if (!before) throw notFound('Account');
    const others = await endOtherSessionsOf(tx, { userId, sessionId }, 'logout', now);
    const after = { endedSessions: others.length };
    await deps.audit.record(tx, { action: 'session.ended', targetId: null, personId: userId, after });
    return { known: before, ended: others };
  });
  deps.sessions.tellEnded(ended);
  return known;
}
