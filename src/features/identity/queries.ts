import { sql } from 'kysely';
import type { Actor } from '#platform/auth/actor.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { countCapped, fetchPage, type PageRequest } from '#platform/db/page.ts';

const userColumns = [
  'id',
  'email',
  'name',
  'role',
  'status',
  'locale',
  'time_zone',
  'email_verified_at',
  'version',
  'created_at',
  'updated_at',
] as const;

export type UserRow = NonNullable<Awaited<ReturnType<typeof findUser>>>;

/** Every request of someone signed in asks this once: the person and session as they are now. */
export async function findActor(db: Db, sessionId: string, now: Date): Promise<Actor | undefined> {
  const row = await db
    .selectFrom('session')
    .innerJoin('app_user', 'app_user.id', 'session.user_id')
    .select(['app_user.id as userId', 'session.id as sessionId', 'app_user.role'])
    .where('session.id', '=', sessionId)
    .where('session.ended_at', 'is', null)
    .where('session.expires_at', '>', now)
    .where('app_user.deactivated_at', 'is', null)
    .executeTakeFirst();
  return row;
}

/** The person alone, where ended sessions are let through (`ACCESS_TOKEN_BLACKLIST_ENABLED=false`). */
export async function findActiveUser(
  db: Db,
  userId: string,
): Promise<{ userId: string; role: Actor['role'] } | undefined> {
  return db
    .selectFrom('app_user')
    .select(['id as userId', 'role'])
    .where('id', '=', userId)
    .where('deactivated_at', 'is', null)
    .executeTakeFirst();
}

export function findUser(db: Db, id: string) {
  return db.selectFrom('app_user').select(userColumns).where('id', '=', id).executeTakeFirst();
}

export function findUserByEmailKey(db: Db, emailKey: string) {
  return db.selectFrom('app_user').select(userColumns).where('email_key', '=', emailKey).executeTakeFirst();
}

export function findPeople(db: Db, ids: readonly string[]) {
  return db.selectFrom('app_user').select(userColumns).where('id', 'in', ids).execute();
}

/** The row stays as it is until the transaction ends. */
export function lockUser(tx: Tx, id: string) {
  return tx.selectFrom('app_user').select(userColumns).where('id', '=', id).forUpdate().executeTakeFirst();
}

export function findCredentials(db: Db, emailKey: string) {
  return db
    .selectFrom('app_user')
    .select([...userColumns, 'password_hash'])
    .where('email_key', '=', emailKey)
    .executeTakeFirst();
}

/**
 * Whether the hash is still theirs and they are active, and stays so until the transaction ends: a new
 * password, set while the old one was being checked, must not leave a session behind.
 */
export async function holdCredentials(tx: Tx, id: string, passwordHash: string): Promise<boolean> {
  const row = await tx
    .selectFrom('app_user')
    .select('id')
    .where('id', '=', id)
    .where('password_hash', '=', passwordHash)
    .where('deactivated_at', 'is', null)
    .forShare()
    .executeTakeFirst();
  return row !== undefined;
}

export async function findPasswordHash(db: Db, id: string): Promise<string | null> {
  const row = await db.selectFrom('app_user').select('password_hash').where('id', '=', id).executeTakeFirst();
  return row?.password_hash ?? null;
}

export type NewUser = {
  id: string;
  email: string | null;
  email_key: string | null;
  password_hash: string | null;
  name: string;
  role: Actor['role'];
  locale: string;
  time_zone: string;
  /** Null until the address is confirmed, for an account that nobody vouched for. */
  email_verified_at: Date | null;
  created_at: Date;
  updated_at: Date;
};

export function insertUser(tx: Tx, user: NewUser) {
  return tx.insertInto('app_user').values(user).returning(userColumns).executeTakeFirstOrThrow();
}

/**
 * Makes the account, or finds the one that has its address: one statement, so that it takes as long either way.
 * Undefined where the other account came into being at this very moment: the next statement finds it.
 */
export async function insertOrFindUser(
  tx: Tx,
  user: NewUser,
): Promise<{ id: string; isNew: boolean } | undefined> {
  return tx
    .with('made', (db) =>
      db
        .insertInto('app_user')
        .values(user)
        .onConflict((conflict) => conflict.column('email_key').doNothing())
        .returning('id'),
    )
    .selectFrom('made')
    .select(['id', sql<boolean>`true`.as('isNew')])
    .unionAll((eb) =>
      eb
        .selectFrom('app_user')
        .select(['id', sql<boolean>`false`.as('isNew')])
        .where('email_key', '=', user.email_key),
    )
    .executeTakeFirst();
}

export type UserChange = Partial<
  Pick<NewUser, 'email' | 'email_key' | 'password_hash' | 'name' | 'role' | 'locale' | 'time_zone'>
> & { deactivated_at?: Date | null; email_verified_at?: Date | null };

export function updateUser(tx: Tx, id: string, change: UserChange, now: Date) {
  return tx
    .updateTable('app_user')
    .set((eb) => ({ ...change, version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', id)
    .returning(userColumns)
    .executeTakeFirstOrThrow();
}

/**
 * Active admins besides this person. Locks the rows of all, this one's too and in one order, so that two
 * admins who take each other's role away at the same time wait for one another.
 */
export async function countOtherAdmins(tx: Tx, id: string): Promise<number> {
  const rows = await tx
    .selectFrom('app_user')
    .select('id')
    .where('role', '=', 'admin')
    .where('deactivated_at', 'is', null)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows.filter((row) => row.id !== id).length;
}

export type UserFilters = {
  q?: string | undefined;
  role?: readonly Actor['role'][] | undefined;
  status?: 'active' | 'deactivated' | undefined;
};

export async function listUsers(
  db: Db,
  filters: UserFilters,
  page: Omit<PageRequest, 'filters'>,
  withTotal: boolean,
) {
  const query = filteredUsers(db, filters);
  const keys = {
    createdAt: { by: sql.ref('created_at'), type: 'timestamptz' },
    name: { by: sql`lower(name)`, type: 'text' },
  } as const;
  const rows = await fetchPage(query, keys, sql.ref('id'), { ...page, filters });
  const total = withTotal ? await countCapped(db, query) : undefined;
  return { ...rows, total };
}

function filteredUsers(db: Db, { q, role, status }: UserFilters) {
  let query = db.selectFrom('app_user').select(userColumns);
  if (role) query = query.where('role', 'in', role);
  if (status) query = query.where('status', '=', status);
  if (q !== undefined) {
    query = query.where((eb) =>
      eb.or([
        eb(sql`lower(name)`, 'like', likePattern(q.trim().toLowerCase())),
        eb('email_key', 'like', likePattern(emailKeyOf(q))),
      ]),
    );
  }
  return query;
}

function likePattern(text: string): string {
  return `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
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

export async function endSessionsOf(tx: Tx, userId: string, reason: EndReason, now: Date): Promise<void> {
  await tx
    .updateTable('session')
    .set({ ended_at: now, end_reason: reason })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .execute();
}

// A chunk at a time, for a statement may not take longer than the database allows.
export const purgedAtOnce = 5_000;

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

export async function inChunks(deleteSome: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let count = purgedAtOnce; count === purgedAtOnce; total += count) count = await deleteSome();
  return total;
}
