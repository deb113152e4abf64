import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';

export type NewLoginCode = {
  code_hash: Buffer;
  user_id: string;
  code_challenge: string;
  external_sign_in_id: string;
  has_second_factor: boolean;
  created_at: Date;
  expires_at: Date;
};

export async function insertLoginCode(tx: Tx, code: NewLoginCode): Promise<void> {
  await tx.insertInto('login_code').values(code).execute();
}

/** Whose sign-in it ends; undefined where it is none. */
export async function findOwnerOfCode(tx: Tx, hash: Buffer): Promise<string | undefined> {
  const row = await tx
    .selectFrom('login_code')
    .select('user_id')
    .where('code_hash', '=', hash)
    .executeTakeFirst();
  return row?.user_id;
}

/** Takes it, so that it is there once; whether it has expired or not. */
export function takeLoginCode(tx: Tx, hash: Buffer) {
  return tx
    .deleteFrom('login_code')
    .where('code_hash', '=', hash)
    .returning(['user_id', 'code_challenge', 'external_sign_in_id', 'has_second_factor', 'expires_at'])
    .executeTakeFirst();
}

/** Expired before `before`. Returns how many. */
export async function purgeLoginCodes(db: Db, before: Date): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from login_code where code_hash in (
        select code_hash from login_code where expires_at < ${before} limit ${purgedAtOnce})
      returning 1`.execute(db);
    return rows.length;
  });
}
