import { sql, type ExpressionBuilder } from 'kysely';
import type { SignInMethod } from '#platform/auth/sign-in-state.ts';
import type { Db, Tables, Tx } from '#platform/db/database.ts';
import { fixedQuery } from '#platform/db/fixed-query.ts';
import { grantedPermissions } from '#platform/db/granted-permissions.ts';
import { lacksFactor } from './lacks-factor.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';

/** How the session's person signed in, what they could show again, and whether their role must have a second factor. */
function signInColumns(eb: ExpressionBuilder<Tables, 'session' | 'app_user'>) {
  return [
    eb.fn.coalesce('session.authenticated_at', 'session.created_at').as('authenticatedAt'),
    'session.methods',
    'app_user.has_totp as hasTotp',
    'app_user.has_passkey as hasPasskey',
    sql<boolean>`app_user.password_hash is not null`.as('hasPassword'),
    lacksFactor().as('mustEnroll'),
  ] as const;
}

const sessionById = fixedQuery((db, { sessionId, now }: { sessionId: string; now: Date }) =>
  db
    .selectFrom('session')
    .innerJoin('app_user', 'app_user.id', 'session.user_id')
    .select((eb) => [
      'app_user.id as userId',
      'app_user.role',
      grantedPermissions('app_user.id').as('granted'),
      ...signInColumns(eb),
      'session.impersonator_id as impersonatorId',
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

/** The same of somebody active whose session may have ended (`ACCESS_TOKEN_BLACKLIST_ENABLED=false`). */
export function findPersonOfToken(db: Db, { userId, sessionId }: { userId: string; sessionId: string }) {
  return db
    .selectFrom('app_user')
    .innerJoin('session', 'session.user_id', 'app_user.id')
    .select((eb) => [
      'app_user.id as userId',
      'app_user.role',
      grantedPermissions('app_user.id').as('granted'),
      ...signInColumns(eb),
      'session.impersonator_id as impersonatorId',
    ])
    .where('app_user.id', '=', userId)
    .where('session.id', '=', sessionId)
    .where('app_user.deactivated_at', 'is', null)
    .executeTakeFirst();
}

export type NewSession = {
  id: string;
  userId: string;
  methods: SignInMethod[];
  externalSignInId: string | null;
  userAgent: string | null;
  now: Date;
  expiresAt: Date;
};

export async function insertSession(tx: Tx, session: NewSession): Promise<void> {
  await tx
    .insertInto('session')
    .values({
      id: session.id,
      user_id: session.userId,
      user_agent: session.userAgent,
      methods: session.methods,
      external_sign_in_id: session.externalSignInId,
      authenticated_at: session.now,
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
    .select((eb) => [
      'session.id as session_id',
      'session.user_id',
      'session.ended_at',
      'session.expires_at',
      eb.fn.coalesce('session.authenticated_at', 'session.created_at').as('authenticated_at'),
      'app_user.deactivated_at',
      'app_user.email',
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

/** When it was used. Asked after `markRefreshTokenUsed`, for what was read before the lock may be older. */
export async function findUseOfRefreshToken(tx: Tx, hash: Buffer): Promise<Date | null> {
  const row = await tx
    .selectFrom('refresh_token')
    .select('used_at')
    .where('token_hash', '=', hash)
    .executeTakeFirst();
  return row?.used_at ?? null;
}

/** The session that a browser's cookie would refresh, while it is open. */
export async function findSessionOfRefreshToken(
  db: Db,
  hash: Buffer,
  now: Date,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('refresh_token')
    .innerJoin('session', 'session.id', 'refresh_token.session_id')
    .select('session.id')
    .where('token_hash', '=', hash)
    .where('session.ended_at', 'is', null)
    .where('session.expires_at', '>', now)
    .executeTakeFirst();
  return row?.id;
}

export async function touchSession(tx: Tx, id: string, now: Date, expiresAt: Date): Promise<void> {
  await tx
    .updateTable('session')
    .set({ last_used_at: now, expires_at: expiresAt })
    .where('id', '=', id)
    .execute();
}

export type EndReason =
  | 'logout'
  | 'refresh_token_reused'
  | 'deactivated'
  | 'password_changed'
  | 'ended_by_admin'
  | 'second_factor_added'
  | 'unlinked'
  | 'ended_by_provider';

/** And those by which its admin acts as others. Returns the sessions that it ended, to be told of after the commit. */
export async function endSession(tx: Tx, id: string, reason: EndReason, now: Date): Promise<string[]> {
  const rows = await tx
    .updateTable('session')
    .set({ ended_at: now, end_reason: reason })
    .where((eb) => eb.or([eb('id', '=', id), eb('impersonator_session_id', '=', id)]))
    .where('ended_at', 'is', null)
    .returning('id')
    .execute();
  return rows.map((row) => row.id);
}

/**
 * And those by which they act as others, and logins that wait for a second factor, or for their front end. Returns the
 * sessions that it ended, to be told of after the commit.
 */
export async function endSessionsOf(tx: Tx, userId: string, reason: EndReason, now: Date): Promise<string[]> {
  const rows = await endingSessions(tx, userId, reason, now).execute();
  return rows.map(({ id }) => id);
}

/** The same, but for one session that goes on. */
export async function endOtherSessionsOf(
  tx: Tx,
  { userId, sessionId }: { userId: string; sessionId: string },
  reason: EndReason,
  now: Date,
): Promise<string[]> {
  const rows = await endingSessions(tx, userId, reason, now).where('id', '<>', sessionId).execute();
  return rows.map(({ id }) => id);
}

/** Those that came of sign-ins by a provider, with logins of them that wait for a second factor. */
export function endSessionsOfSignIns(
  tx: Tx,
  signInIds: readonly string[],
  reason: EndReason,
  now: Date,
): Promise<{ id: string; userId: string }[]> {
  return tx
    .with('forgotten', (db) => db.deleteFrom('login_challenge').where('external_sign_in_id', 'in', signInIds))
    .with('unused', (db) => db.deleteFrom('login_code').where('external_sign_in_id', 'in', signInIds))
    .updateTable('session')
    .set({ ended_at: now, end_reason: reason })
    .where('external_sign_in_id', 'in', signInIds)
    .where('ended_at', 'is', null)
    .returning(['id', 'user_id as userId'])
    .execute();
}

function endingSessions(tx: Tx, userId: string, reason: EndReason, now: Date) {
  return tx
    .with('forgotten', (db) => db.deleteFrom('login_challenge').where('user_id', '=', userId))
    .with('unused', (db) => db.deleteFrom('login_code').where('user_id', '=', userId))
    .updateTable('session')
    .set({ ended_at: now, end_reason: reason })
    .where((eb) => eb.or([eb('user_id', '=', userId), eb('impersonator_id', '=', userId)]))
    .where('ended_at', 'is', null)
    .returning('id');
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
