import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';

export type EmailChangeRow = {
  id: string;
  user_id: string;
  by_admin: boolean;
  old_email: string | null;
  new_email: string | null;
  created_at: Date;
  expires_at: Date;
  confirmed_at: Date | null;
  undo_until: Date;
  ended_at: Date | null;
};

export async function insertEmailChange(tx: Tx, row: Omit<EmailChangeRow, 'ended_at'>): Promise<void> {
  await tx.insertInto('email_change').values(row).execute();
}

export function findEmailChange(db: Db, id: string): Promise<EmailChangeRow | undefined> {
  return db.selectFrom('email_change').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The same; it stays as it is until the transaction ends. */
export function lockEmailChange(tx: Tx, id: string): Promise<EmailChangeRow | undefined> {
  return tx.selectFrom('email_change').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Those that have come and can be undone, whose old address is not the present one; the oldest first. */
export async function listUndoable(
  db: Db,
  { userId, now, limit }: { userId: string; now: Date; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('email_change')
    .innerJoin('app_user', 'app_user.id', 'email_change.user_id')
    .select('email_change.id')
    .where('user_id', '=', userId)
    .where('by_admin', '=', false)
    .where('confirmed_at', 'is not', null)
    .where('ended_at', 'is', null)
    .where('undo_until', '>', now)
    .whereRef('old_email', 'is distinct from', 'app_user.email')
    .orderBy('email_change.created_at')
    .orderBy('email_change.id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

/** Of those that a person asked for, the ones that still wait to be confirmed count no more. */
export async function endWaitingChanges(tx: Tx, userId: string, now: Date): Promise<void> {
  await tx
    .updateTable('email_change')
    .set({ ended_at: now })
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is', null)
    .where('ended_at', 'is', null)
    .execute();
}

export async function markChangeConfirmed(
  tx: Tx,
  { id, now, undoUntil }: { id: string; now: Date; undoUntil: Date },
): Promise<void> {
  await tx
    .updateTable('email_change')
    .set({ confirmed_at: now, undo_until: undoUntil })
    .where('id', '=', id)
    .execute();
}

/** This change and all that came after it: none of them counts, or can be undone, any more. */
export async function endChangesSince(
  tx: Tx,
  { userId, since, now }: { userId: string; since: Date; now: Date },
): Promise<void> {
  await tx
    .updateTable('email_change')
    .set({ ended_at: now })
    .where('user_id', '=', userId)
    .where('created_at', '>=', since)
    .where('ended_at', 'is', null)
    .execute();
}

/**
 * For an address that somebody else gives a person: what they asked for before counts no more, and cannot be undone any
 * more either, but for what has taken this very address away, whose owner is only helped; and where nobody is given the
 * account (`email` is null), for the oldest, whose owner was there before all others. `email`: in any spelling.
 */
export async function endChangesBut(
  tx: Tx,
  { userId, email, now }: { userId: string; email: string | null; now: Date },
): Promise<void> {
  const kept =
    email === null
      ? sql`id = (
          select id from email_change
          where user_id = ${userId} and not by_admin and confirmed_at is not null and ended_at is null
            and undo_until > ${now}
          order by created_at, id limit 1)`
      : sql`confirmed_at is not null and lower(old_email) = lower(${email}::text)`;
  await sql`
    update email_change set ended_at = ${now}
    where user_id = ${userId} and ended_at is null and (${kept}) is not true`.execute(tx);
}

/** Takes the address from another account that has never shown that it is its own. */
export async function releaseUnproven(
  tx: Tx,
  { emailKey, exceptId, now }: { emailKey: string; exceptId: string; now: Date },
): Promise<void> {
  await tx
    .updateTable('app_user')
    .set((eb) => ({ email: null, email_key: null, version: eb('version', '+', 1), updated_at: now }))
    .where('email_key', '=', emailKey)
    .where('id', '<>', exceptId)
    .where('email_verified_at', 'is', null)
    .execute();
}

/**
 * What opens the account by itself and was made since then goes: passkeys, an app with its recovery codes. So do all API
 * keys, the older ones too: whoever was signed in may have given them new secrets.
 */
export async function removeWaysSince(
  tx: Tx,
  { userId, since, now }: { userId: string; since: Date; now: Date },
): Promise<void> {
  await tx.deleteFrom('passkey').where('user_id', '=', userId).where('created_at', '>=', since).execute();
  await tx
    .deleteFrom('totp_factor')
    .where('user_id', '=', userId)
    .where((eb) => eb.or([eb('confirmed_at', '>=', since), eb('confirmed_at', 'is', null)]))
    .execute();
  await tx
    .deleteFrom('recovery_code')
    .where('user_id', '=', userId)
    .where('created_at', '>=', since)
    .execute();
  await tx
    .updateTable('api_key')
    .set({ revoked_at: now, previous_secret_hash: null, previous_secret_until: null })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .execute();
}

/** That can neither be confirmed nor undone since `before`. Returns how many. */
export async function purgeEmailChanges(db: Db, before: Date): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from email_change where id in (
        select id from email_change where undo_until < ${before} limit ${purgedAtOnce})
      returning id`.execute(db);
    return rows.length;
  });
}
