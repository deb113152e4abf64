import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';

const shownColumns = ['id', 'name', 'is_backed_up', 'created_at', 'last_used_at'] as const;
export type PasskeyRow = Awaited<ReturnType<typeof listPasskeys>>[number];

/** All of a person, the oldest first. */
export function listPasskeys(db: Db, userId: string) {
  return db
    .selectFrom('passkey')
    .select([...shownColumns, 'credential_id', 'transports'])
    .where('user_id', '=', userId)
    .orderBy('id')
    .execute();
}

export function findPasskeyByCredential(db: Db, credentialId: Buffer) {
  return db
    .selectFrom('passkey')
    .select(['id', 'user_id', 'credential_id', 'public_key', 'sign_count'])
    .where('credential_id', '=', credentialId)
    .executeTakeFirst();
}
export type CredentialRow = NonNullable<Awaited<ReturnType<typeof findPasskeyByCredential>>>;

export type NewPasskey = {
  id: string;
  user_id: string;
  credential_id: Buffer;
  public_key: Buffer;
  sign_count: number;
  transports: string[];
  is_backed_up: boolean;
  name: string;
  created_at: Date;
};

/** Undefined where somebody has registered this credential before. */
export function insertPasskey(tx: Tx, passkey: NewPasskey) {
  return tx
    .insertInto('passkey')
    .values(passkey)
    .onConflict((conflict) => conflict.column('credential_id').doNothing())
    .returning([...shownColumns, 'credential_id', 'transports'])
    .executeTakeFirst();
}

export function renamePasskey(db: Db, { id, userId, name }: { id: string; userId: string; name: string }) {
  return db
    .updateTable('passkey')
    .set({ name })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .returning([...shownColumns, 'credential_id', 'transports'])
    .executeTakeFirst();
}

export async function deletePasskey(
  tx: Tx,
  { id, userId }: { id: string; userId: string },
): Promise<boolean> {
  const row = await tx
    .deleteFrom('passkey')
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function deletePasskeysOf(tx: Tx, userId: string): Promise<void> {
  await tx.deleteFrom('passkey').where('user_id', '=', userId).execute();
}

/**
 * Notes a use. False where the authenticator's counter did not go up since the last one, which a copy of it may be the
 * reason for; one that does not count sends 0 always.
 */
export async function advanceSignCount(
  tx: Tx,
  { id, count, isBackedUp, now }: { id: string; count: number; isBackedUp: boolean; now: Date },
): Promise<boolean> {
  const row = await tx
    .updateTable('passkey')
    .set({ sign_count: count, is_backed_up: isBackedUp, last_used_at: now })
    .where('id', '=', id)
    .where(sql<boolean>`(sign_count < ${count} or (sign_count = 0 and ${count} = 0))`)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether this answer to a challenge is the first: of two at once, one is. */
export async function spendChallenge(
  tx: Tx,
  { hash, expiresAt }: { hash: Buffer; expiresAt: Date },
): Promise<boolean> {
  const row = await tx
    .insertInto('spent_challenge')
    .values({ challenge_hash: hash, expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning('challenge_hash')
    .executeTakeFirst();
  return row !== undefined;
}
