import { sql } from 'kysely';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';

export type ConnectionRow = NonNullable<Awaited<ReturnType<typeof findConnection>>>;

function connectionsIn(db: Db | Tx) {
  return db.selectFrom('scim_connection').select([
    'id',
    'name',
    'provider_id',
    'email_domains',
    'is_active',
    'hint',
    'expires_at',
    'last_used_at',
    'previous_secret_until',
    'version',
    'created_at',
    'updated_at',
    sql<number>`(select count(*) from scim_user
        where connection_id = scim_connection.id and removed_at is null)`.as('user_count'),
    sql<number>`(select count(*) from user_group where managed_by = scim_connection.id)`.as('group_count'),
  ]);
}

export function findConnection(db: Db | Tx, id: string) {
  return connectionsIn(db).where('id', '=', id).executeTakeFirst();
}

export function lockConnection(tx: Tx, id: string) {
  return connectionsIn(tx).where('id', '=', id).forUpdate().executeTakeFirst();
}

export function listConnections(db: Db, page: Omit<PageRequest, 'filters'>) {
  const keys = { createdAt: { by: sql.ref('created_at'), type: 'timestamptz' } } as const;
  return fetchPage(connectionsIn(db), keys, sql.ref('id'), page);
}

/** The active connection whose token has this hash; the one before a rotation too, until it ends. */
export function findConnectionInUse(db: Db, hash: Buffer, now: Date) {
  return db
    .selectFrom('scim_connection')
    .select([
      'id',
      'provider_id',
      'email_domains',
      // Told to the minute: a write for each use would cost more than the use.
      sql<boolean>`last_used_at is null or last_used_at < ${now}::timestamptz - interval '1 minute'`.as(
        'isUseToBeNoted',
      ),
    ])
    .where((eb) =>
      eb.or([
        eb('secret_hash', '=', hash),
        eb.and([eb('previous_secret_hash', '=', hash), eb('previous_secret_until', '>', now)]),
      ]),
    )
    .where('is_active', '=', true)
    .where('expires_at', '>', now)
    .executeTakeFirst();
}

export async function noteUse(db: Db, id: string, now: Date): Promise<void> {
  await db.updateTable('scim_connection').set({ last_used_at: now }).where('id', '=', id).execute();
}

export type ConnectionFields = {
  name: string;
  provider_id: string | null;
  email_domains: string[];
  is_active: boolean;
};
type Secret = { secret_hash: Buffer; hint: string; expires_at: Date };

export async function insertConnection(
  tx: Tx,
  id: string,
  fields: ConnectionFields & Secret,
  now: Date,
): Promise<void> {
  await tx
    .insertInto('scim_connection')
    .values({ id, ...fields, created_at: now, updated_at: now })
    .execute();
}

export async function updateConnection(
  tx: Tx,
  id: string,
  change: Partial<ConnectionFields>,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('scim_connection')
    .set((eb) => ({ ...change, version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', id)
    .execute();
}

/** A new secret takes the place of the present one, which is good until `previousUntil`. The one before that is not. */
export async function rotateSecret(
  tx: Tx,
  id: string,
  secret: Secret & { previousUntil: Date },
  now: Date,
): Promise<void> {
  const { previousUntil, ...fields } = secret;
  await tx
    .updateTable('scim_connection')
    .set((eb) => ({
      ...fields,
      previous_secret_hash: eb.ref('secret_hash'),
      previous_secret_until: previousUntil,
      version: eb('version', '+', 1),
      updated_at: now,
    }))
    .where('id', '=', id)
    .execute();
}

/** With what it says of people. They stay, as do its groups, which are anybody's from then on. */
export async function deleteConnection(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('scim_connection').where('id', '=', id).execute();
}

export async function isProvider(tx: Tx, id: string): Promise<boolean> {
  const found = await tx.selectFrom('sso_provider').select('id').where('id', '=', id).executeTakeFirst();
  return found !== undefined;
}
