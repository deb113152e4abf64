import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';

/** When the person confirmed the one in use; undefined where there is none. */
export async function findTotp(db: Db, userId: string): Promise<{ confirmed_at: Date | null } | undefined> {
  return db
    .selectFrom('totp_factor')
    .select('confirmed_at')
    .where('user_id', '=', userId)
    .where('secret', 'is not', null)
    .executeTakeFirst();
}

/** The row stays as it is until the transaction ends, so that of two codes at once one is the second. */
export function lockTotp(tx: Tx, userId: string) {
  return tx
    .selectFrom('totp_factor')
    .select(['secret', 'last_step', 'pending_secret', 'pending_until', 'failures', 'blocked_until'])
    .where('user_id', '=', userId)
    .forUpdate()
    .executeTakeFirst();
}

/** Keeps a secret until a code of it comes; one that is in use stays in use. */
export async function putPendingTotp(
  db: Db,
  { userId, secret, until }: { userId: string; secret: Buffer; until: Date },
): Promise<void> {
  const pending = { pending_secret: secret, pending_until: until };
  await db
    .insertInto('totp_factor')
    .values({ user_id: userId, ...pending })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(pending))
    .execute();
}

/** The pending secret takes the place of the one in use. */
export async function activateTotp(
  tx: Tx,
  { userId, step, now }: { userId: string; step: number; now: Date },
): Promise<void> {
  await tx
    .updateTable('totp_factor')
    .set((eb) => ({
      secret: eb.ref('pending_secret'),
      confirmed_at: now,
      last_step: step,
      pending_secret: null,
      pending_until: null,
      failures: 0,
      blocked_until: null,
    }))
    .where('user_id', '=', userId)
    .execute();
}

export async function noteTotpUse(tx: Tx, userId: string, step: number): Promise<void> {
  await tx
    .updateTable('totp_factor')
    .set({ last_step: step, failures: 0, blocked_until: null })
    .where('user_id', '=', userId)
    .execute();
}

export async function noteTotpFailure(
  tx: Tx,
  { userId, failures, blockedUntil }: { userId: string; failures: number; blockedUntil: Date | null },
): Promise<void> {
  await tx
    .updateTable('totp_factor')
    .set({ failures, blocked_until: blockedUntil })
    .where('user_id', '=', userId)
    .execute();
}

/** Whether there was one in use. */
export async function deleteTotp(tx: Tx, userId: string): Promise<boolean> {
  const row = await tx
    .deleteFrom('totp_factor')
    .where('user_id', '=', userId)
    .returning(sql<boolean>`secret is not null`.as('wasInUse'))
    .executeTakeFirst();
  return row?.wasInUse ?? false;
}

export type TotpColumn = 'secret' | 'pending_secret';

/** The sealed secrets of people behind an id, at most `limit` people's. */
export function listTotpSecrets(db: Db, afterId: string | undefined, limit: number) {
  let query = db
    .selectFrom('totp_factor')
    .select(['user_id', 'secret', 'pending_secret'])
    .orderBy('user_id')
    .limit(limit);
  if (afterId !== undefined) query = query.where('user_id', '>', afterId);
  return query.execute();
}

/** Puts another sealing of the same secret in its place, unless it has changed. Harmless twice. */
export async function replaceTotpSecret(
  db: Db,
  { userId, column, from }: { userId: string; column: TotpColumn; from: Buffer },
  to: Buffer,
): Promise<void> {
  await db
    .updateTable('totp_factor')
    .set({ [column]: to })
    .where('user_id', '=', userId)
    .where(column, '=', from)
    .execute();
}
