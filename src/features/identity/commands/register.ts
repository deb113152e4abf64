import type { AuditEntry } from '#platform/audit/audit.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { registerRepeated, userRegistered } from '../events.ts';
import { dropUnprovenPassword, insertOrFindUser, insertUser, type NewUser } from '../queries/people.ts';
import type { RegisterInput } from '../schemas.ts';
import { checkPassword, newUserOf } from './new-user.ts';
import { beginSession, type SignedIn } from './sign-in.ts';

/**
 * Makes a student's account and signs them in. 409 `email_taken`, 400 for a weak password. Where the address must be
 * confirmed first, nobody is signed in, and a taken address gets the same answer: only its owner is told, by mail.
 */
export async function register(
  deps: Deps,
  input: RegisterInput,
  userAgent: string | null,
): Promise<SignedIn | 'verificationRequired'> {
  await checkPassword(deps, input.password, input);
  const passwordHash = await deps.passwords.hash(input.password);
  const now = deps.clock.now();
  const row = newUserOf({ ...input, id: newId(), role: 'student', passwordHash, isVouchedFor: false, now });
  if (deps.config.requireEmailVerificationForLogin) {
    await registerUnseen(deps, row, passwordHash, now);
    return 'verificationRequired';
  }
  return inTransaction(deps.db, async (tx) => {
    const user = await insertUser(tx, row);
    await deps.events.publish(tx, fact(userRegistered, user.id, now, { userId: user.id }));
    const how = {
      userId: user.id,
      userAgent,
      methods: ['password' as const],
      before: [createdEntry(user.id)],
    };
    return { user, tokens: await beginSession(deps, tx, how) };
  });
}

/**
 * Of two who register with one address before it is confirmed, neither's password counts: whoever reads its mail chooses
 * one by a reset. Else the first, who may be anybody, would sign in once its owner has confirmed it.
 *
 * Does as much for a taken address as for a new one. What is left of a difference in time cannot be measured by
 * repetition, since a new address is a taken one from the first try on.
 */
async function registerUnseen(deps: Deps, row: NewUser, passwordHash: string, now: Date): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const user = (await insertOrFindUser(tx, row)) ?? (await insertOrFindUser(tx, row));
    if (!user) throw new Error('A user was neither made nor found.');
    const { id: userId } = user;
    await dropUnprovenPassword(tx, userId, passwordHash);
    const what = user.isNew
      ? fact(userRegistered, userId, now, { userId })
      : fact(registerRepeated, null, now, { userId });
    await deps.events.publish(tx, what);
    const repeated: AuditEntry = {
      action: 'user.register_repeated',
      outcome: 'refused',
      by: null,
      targetId: userId,
    };
    await deps.audit.record(tx, user.isNew ? createdEntry(userId) : repeated);
  });
}

function createdEntry(userId: string): AuditEntry {
  return { action: 'user.created', by: { userId }, targetId: userId, after: { role: 'student' } };
}
