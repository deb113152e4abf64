import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { fixedQuery } from '#platform/db/fixed-query.ts';
import { grantedPermissions } from '#platform/db/granted-permissions.ts';
import { inChunks, purgedAtOnce } from './purging.ts';

const sessionById = fixedQuery((db, { sessionId, now }: { sessionId: string; now: Date }) =>
  db
    .selectFrom('session')
    .innerJoin('app_user', 'app_user.id', 'session.user_id')
    .select((eb) => [
      'app_user.id as userId',
      'app_user.role',
      grantedPermissions('app_user.id').as('granted'),
      eb.or([eb('session.ended_at', 'is not', null), eb('session.expires_at', '<=', now)]).as('isOver'),
      eb('app_user.deactivated_at', 'is not', null).as('isDeactivated'),
    ])
    .where('session.id', '=', sessionId)
    .compile(),
);

/** Every request of someone signed in asks this once: the person and session as they are now. */
export async function findSession(db: Db, sessionId: string, now: Date) {
  const [row] = await sessionById(db, { sessionId, now });
  return row;
}

export async function insertSession(
  tx: Tx,
  session: { id: string; userId: string; userAgent: string | null; now: Date; expiresAt: Date },
): Promise<void> {
  await tx
    .insertInto('session')
    .values({
      id: session.id,
      user_id: session.userId,
      user_agent: session.userAgent,
      created_at: session.now,
      last_used_at: session.now,
      expires_at: session.expiresAt,
    })
    .execute();
}

export async function insertRefreshToken(
  tx: Tx,
  token: { hash: Buffer; sessionId: string; now: Date },
): Promise<void> {
  await tx
    .insertInto('refresh_token')
    .values({ token_hash: token.hash, session_id: token.sessionId, created_at: token.now })
    .execute();
}

/** The token with its session and person; the session is locked, so that of two refreshes one is the second. */
export function lockRefreshToken(tx: Tx, hash: Buffer) {
  return tx
    .selectFrom('refresh_token')
    .innerJoin('session', 'session.id', 'refresh_token.session_id')
    .innerJoin('app_user', 'app_user.id', 'session.user_id')
    .select([
      'session.id as session_id',
      'session.user_id',
      'session.ended_at',
      'session.expires_at',
      'app_user.deactivated_at',
      'app_user.email_verified_at',
    ])
    .where('token_hash', '=', hash)
    .forUpdate('session')
    .executeTakeFirst();
}

/** Whether this was the first use. Asked after the session's lock is held. */
export async function markRefreshTokenUsed(tx: Tx, hash: Buffer, now: Date): Promise<boolean> {
  const row = await tx
    .updateTable('refresh_token')
    .set({ used_at: now })
    .where('token_hash', '=', hash)
    .where('used_at', 'is', null)
    .returning('token_hash')
    .executeTakeFirst();
  return row !== undefined;
}

export async function touchSession(tx: Tx, id: string, now: Date, expiresAt: Date): Promise<void> {
  await tx
    .updateTable('session')
    .set({ last_used_at: now, expires_at: expiresAt })
    .where('id', '=', id)
    .execute();
}

type EndReason = 'logout' | 'refresh_token_reused' | 'deactivated' | 'password_changed' | 'ended_by_admin';

export async function endSession(db: Db, id: string, reason: EndReason, now: Date): Promise<void> {
  await db
    .updateTable('session')
    .set({ ended_at: now, end_reason: reason })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .execute();
}

/** Returns the sessions that it ended, to be told of after the commit. */
export async function endSessionsOf(tx: Tx, userId: string, reason: EndReason, now: Date): Promise<string[]> {
  const rows = await tx
    .updateTable('session')
    .set({ ended_at: now, end_reason: reason })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map(({ id }) => id);
}

/** Ended or expired before `before`, with their refresh tokens. Returns how many. */
export async function purgeSessions(db: Db, before: Date): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from session where id in (
        select id from session where expires_at < ${before} or ended_at < ${before} limit ${purgedAtOnce})
      returning id`.execute(db);
    return rows.length;
  });
}

/**
 * Used before `before`, in sessions that go on: without this a session that is never left would keep a row
 * for every quarter of an hour. One so old that comes again is refused as unknown.
 */
export async function purgeUsedRefreshTokens(db: Db, before: Date): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from refresh_token where token_hash in (
        select token_hash from refresh_token where used_at < ${before} limit ${purgedAtOnce})
      returning session_id`.execute(db);
    return rows.length;
  });
}
