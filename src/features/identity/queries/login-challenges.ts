import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';

export type NewLoginChallenge = {
  token_hash: Buffer;
  user_id: string;
  /** What was shown already. */
  first_method: FirstMethod;
  external_sign_in_id: string | null;
  created_at: Date;
  expires_at: Date;
};
export type FirstMethod = 'password' | 'provider';

export async function insertLoginChallenge(tx: Tx, challenge: NewLoginChallenge): Promise<void> {
  await tx.insertInto('login_challenge').values(challenge).execute();
}

/** Whose login it is, while it can be completed. */
export async function findLoginChallenge(
  db: Db,
  { hash, maxAttempts, now }: { hash: Buffer; maxAttempts: number; now: Date },
): Promise<{ userId: string; firstMethod: FirstMethod; externalSignInId: string | null } | undefined> {
  return db
    .selectFrom('login_challenge')
    .select((eb) => [
      'user_id as userId',
      eb.ref('first_method').$castTo<FirstMethod>().as('firstMethod'),
      'external_sign_in_id as externalSignInId',
    ])
    .where('token_hash', '=', hash)
    .where('expires_at', '>', now)
    .where('attempts', '<', maxAttempts)
    .executeTakeFirst();
}

/** Counts an attempt before it is looked at. False where there was none left; the row is locked where there was. */
export async function takeAttempt(
  tx: Tx,
  { hash, maxAttempts, now }: { hash: Buffer; maxAttempts: number; now: Date },
): Promise<boolean> {
  const row = await tx
    .updateTable('login_challenge')
    .set((eb) => ({ attempts: eb('attempts', '+', 1) }))
    .where('token_hash', '=', hash)
    .where('expires_at', '>', now)
    .where('attempts', '<', maxAttempts)
    .returning('user_id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteLoginChallenge(tx: Tx, hash: Buffer): Promise<void> {
  await tx.deleteFrom('login_challenge').where('token_hash', '=', hash).execute();
}

/** Challenges of both kinds that have expired. Returns how many. */
export async function purgeChallenges(db: Db, now: Date): Promise<number> {
  const logins = await inChunks(async () => {
    const { rows } = await sql`
      delete from login_challenge where token_hash in (
        select token_hash from login_challenge where expires_at < ${now} limit ${purgedAtOnce})
      returning 1`.execute(db);
    return rows.length;
  });
  const spent = await inChunks(async () => {
    const { rows } = await sql`
      delete from spent_challenge where challenge_hash in (
        select challenge_hash from spent_challenge where expires_at < ${now} limit ${purgedAtOnce})
      returning 1`.execute(db);
    return rows.length;
  });
  return logins + spent;
}
