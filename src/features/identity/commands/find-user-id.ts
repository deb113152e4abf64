import type { Db } from '#platform/db/database.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import { findUserByEmailKey } from '../queries/people.ts';

/** Whose address this is, without regard to case; for features that let staff name people by address. */
export async function findUserId(db: Db, email: string): Promise<string | undefined> {
  const user = await findUserByEmailKey(db, emailKeyOf(email));
  return user?.id;
}
