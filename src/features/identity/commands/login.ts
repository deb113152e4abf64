import { verifyPassword } from '#platform/auth/passwords.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated } from '#platform/errors.ts';
import { emailKeyOf } from '../email.ts';
import { findCredentials } from '../queries.ts';
import { beginSession, type SignedIn } from './sign-in.ts';

/**
 * Signs in. Unknown address, wrong password, no password and deactivated account get one answer, after
 * the same time.
 */
export async function login(
  deps: Deps,
  input: { email: string; password: string },
  userAgent: string | null,
): Promise<SignedIn> {
  const found = await findCredentials(deps.db, emailKeyOf(input.email));
  const isRight = await verifyPassword(input.password, found?.password_hash ?? null);
  if (!found || !isRight || found.status !== 'active') {
    throw unauthenticated('The address or the password is wrong.', 'invalid_credentials');
  }
  const { password_hash: _, ...user } = found;
  const tokens = await inTransaction(deps.db, (tx) => beginSession(deps, tx, user.id, userAgent));
  return { user, tokens };
}
