import { hashPassword } from '#platform/auth/passwords.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { userRegistered } from '../events.ts';
import { insertUser } from '../queries.ts';
import type { RegisterInput } from '../schemas.ts';
import { checkPassword, newUserOf } from './new-user.ts';
import { beginSession, type SignedIn } from './sign-in.ts';

/** Makes a student's account and signs them in. 409 `email_taken`, 400 for a weak password. */
export async function register(
  deps: Deps,
  input: RegisterInput,
  userAgent: string | null,
): Promise<SignedIn> {
  await checkPassword(input.password, input);
  const passwordHash = await hashPassword(input.password);
  const now = deps.clock.now();
  return inTransaction(deps.db, async (tx) => {
    const user = await insertUser(
      tx,
      newUserOf({ ...input, id: newId(), role: 'student', passwordHash, now }),
    );
    await deps.events.publish(tx, fact(userRegistered, user.id, now, { userId: user.id }));
    return { user, tokens: await beginSession(deps, tx, user.id, userAgent) };
  });
}
