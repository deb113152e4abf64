import { sql } from 'kysely';
import type { Scope } from '#platform/auth/scopes.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { fixedQuery } from '#platform/db/fixed-query.ts';
import { grantedPermissions } from '#platform/db/granted-permissions.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';
import { lacksFactor } from './lacks-factor.ts';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';

const keyInUse = fixedQuery((db, { hash, now }: { hash: Buffer; now: Date }) =>
  db
    .selectFrom('api_key')
    .innerJoin('app_user', 'app_user.id', 'api_key.user_id')
    .select((eb) => [
      'api_key.id',
      eb.ref('api_key.scopes').$castTo<Scope[]>().as('scopes'),
      'app_user.id as userId',
      'app_user.role',
      grantedPermissions('app_user.id').as('granted'),
      lacksFactor().as('mustEnroll'),
      // Told to the minute: a write for each use would cost more than the use.
      sql<boolean>`api_key.last_used_at is null or api_key.last_used_at < ${now}::timestamptz - interval '1 minute'`.as(
        'isUseToBeNoted',
      ),
    ])
    .where((eb) =>
      eb.or([
        eb('secret_hash', '=', hash),
        eb.and([eb('previous_secret_hash', '=', hash), eb('previous_secret_until', '>', now)]),
      ]),
    )
    .where('api_key.revoked_at', 'is', null)
    .where('api_key.expires_at', '>', now)
    .where('app_user.deactivated_at', 'is', null)
    .compile(),
);

/** The key that has this hash, with its owner as they are now; the one before a rotation too, until it ends. */
export async function findKeyInUse(db: Db, hash: Buffer, now: Date) {
  const [row] = await keyInUse(db, { hash, now });
  return row;
}

export async function noteUse(db: Db, id: string, now: Date): Promise<void> {
  await db.updateTable('api_key').set({ last_used_at: now }).where('id', '=', id).execute();
}

const keyColumns = [
  'id',
  'name',
  'hint',
  'scopes',
  'expires_at',
  'last_used_at',
  'revoked_at',
  'previous_secret_until',
  'created_at',
] as const;

export type ApiKeyRow = Awaited<ReturnType<ReturnType<typeof keysOf>['executeTakeFirstOrThrow']>>;

function keysOf(db: Db | Tx, userId: string) {
  return db.selectFrom('api_key').select(keyColumns).where('user_id', '=', userId);
}

/** Revoked and expired ones too, until they are purged. */
export function listKeys(db: Db, userId: string, page: Omit<PageRequest, 'filters'>) {
  const keys = { createdAt: { by: sql.ref('created_at'), type: 'timestamptz' } } as const;
  return fetchPage(keysOf(db, userId), keys, sql.ref('id'), { ...page, filters: { userId } });
}

/** A key that was not revoked, its row locked until the transaction ends. */
export function lockKey(tx: Tx, userId: string, id: string) {
  return keysOf(tx, userId)
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
}

/** Those that were not revoked, expired ones too. Asked while the owner's row is locked. */
export async function countKeys(tx: Tx, userId: string): Promise<number> {
  const { count } = await tx
    .selectFrom('api_key')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .executeTakeFirstOrThrow();
  return count;
}

export type NewKey = {
  id: string;
  userId: string;
  name: string;
  hint: string;
  hash: Buffer;
  scopes: readonly Scope[];
  expiresAt: Date;
  now: Date;
};

export function insertKey(tx: Tx, key: NewKey): Promise<ApiKeyRow> {
  return tx
    .insertInto('api_key')
    .values({
      id: key.id,
      user_id: key.userId,
      name: key.name,
      hint: key.hint,
      secret_hash: key.hash,
      scopes: [...key.scopes],
      expires_at: key.expiresAt,
      created_at: key.now,
    })
    .returning(keyColumns)
    .executeTakeFirstOrThrow();
}

/** A new secret takes the place of the present one, which is good until `previousUntil`. The one before that is not. */
export async function rotateKey(
  tx: Tx,
  id: string,
  { hash, hint, previousUntil }: { hash: Buffer; hint: string; previousUntil: Date },
): Promise<void> {
  await tx
    .updateTable('api_key')
    .set((eb) => ({
      secret_hash: hash,
      hint,
      previous_secret_hash: eb.ref('secret_hash'),
      previous_secret_until: previousUntil,
    }))
    .where('id', '=', id)
    .execute();
}

/** Whether there was such a key. It stops at once, on every node. */
export async function revokeKey(
  tx: Tx,
  { userId, id }: { userId: string; id: string },
  now: Date,
): Promise<{ name: string; scopes: readonly string[] } | undefined> {
  return tx
    .updateTable('api_key')
    .set({ revoked_at: now, previous_secret_hash: null, previous_secret_until: null })
    .where('id', '=', id)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .returning(['name', 'scopes'])
    .executeTakeFirst();
}

/** Expired or revoked before `before`. Returns how many. */
export async function purgeKeys(db: Db, before: Date): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from api_key where id in (
        select id from api_key where expires_at < ${before} or revoked_at < ${before} limit ${purgedAtOnce})
      returning id`.execute(db);
    return rows.length;
  });
}
