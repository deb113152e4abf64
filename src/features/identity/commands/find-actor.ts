import type { Actor } from '#platform/auth/actor.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { findPowers } from '../queries/importing.ts';

/** A person as they are now, for work that goes on for them without a request. Undefined where they are not active. */
export async function findActor(db: Db | Tx, userId: string): Promise<Actor | undefined> {
  const user = await findPowers(db, userId);
  return user && { ...user, sessionId: null };
}
