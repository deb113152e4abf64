import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import type { EmailTokenPurpose } from '../email-token.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';

export type NewEmailToken = {
  id: string;
  user_id: string;
  purpose: EmailTokenPurpose;
  token_hash: Buffer;
  created_at: Date;
  expires_at: Date;
};

/**
 * Takes the place of the person's older token of this purpose. False where a newer one is there already, or this one
 * itself: ids are in the order of time.
 */
export async function putEmailToken(tx: Tx, token: NewEmailToken): Promise<boolean> {
  const row = await tx
    .insertInto('email_token')
    .values(token)
    .onConflict((conflict) =>
      conflict
        .columns(['user_id', 'purpose'])
        .doUpdateSet((eb) => ({
          id: eb.ref('excluded.id'),
          token_hash: eb.ref('excluded.token_hash'),
          created_at: eb.ref('excluded.created_at'),
          expires_at: eb.ref('excluded.expires_at'),
          used_at: null,
        }))
        .whereRef('email_token.id', '<', 'excluded.id'),
    )
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

/** A token that is neither used nor expired, with its person, who is active. */
export function findOpenEmailToken(db: Db, id: string, now: Date) {
  return openEmailToken(db, id, now).executeTakeFirst();
}

/** The same; token and person stay as they are until the transaction ends. */
export function lockOpenEmailToken(tx: Tx, id: string, now: Date) {
  return openEmailToken(tx, id, now).forUpdate(['app_user', 'email_token']).executeTakeFirst();
}

export async function markEmailTokenUsed(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.updateTable('email_token').set({ used_at: now }).where('id', '=', id).execute();
}

function openEmailToken(db: Db, id: string, now: Date) {
  return db
    .selectFrom('email_token')
    .innerJoin('app_user', 'app_user.id', 'email_token.user_id')
    .select([
      'email_token.id',
      'email_token.purpose',
      'email_token.token_hash',
      'email_token.user_id',
      'app_user.email',
      'app_user.name',
      'app_user.locale',
      'app_user.password_hash',
      'app_user.email_verified_at',
      'app_user.own_since',
      'app_user.created_at as registered_at',
    ])
    .where('email_token.id', '=', id)
    .where('email_token.used_at', 'is', null)
    .where('email_token.expires_at', '>', now)
    .where('app_user.deactivated_at', 'is', null);
}

/** Expired before `before`. Returns how many. */
export async function purgeEmailTokens(db: Db, before: Date): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from email_token where id in (
        select id from email_token where expires_at < ${before} limit ${purgedAtOnce})
      returning id`.execute(db);
    return rows.length;
  });
}
