import { sql } from 'kysely';
import type { Role } from '#platform/auth/actor.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';

/** A link, as it is taken away. */
export type LinkRow = IdentityRow & { provider_id: string };
export type IdentityRow = NonNullable<Awaited<ReturnType<typeof findIdentity>>>;

/** Two sign-ins of one subject wait for one another, also before there is a row. */
export async function lockSubject(tx: Tx, providerId: string, subject: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`sso ${providerId} ${subject}`}, 0))`.execute(tx);
}

export function findIdentity(tx: Tx, providerId: string, subject: string) {
  return tx
    .selectFrom('external_identity')
    .select((eb) => [
      'id',
      'user_id',
      eb.ref('given_role').$castTo<Role | null>().as('given_role'),
      eb.ref('role_before').$castTo<Role | null>().as('role_before'),
      'given_role_ids',
      'given_group_ids',
    ])
    .where('provider_id', '=', providerId)
    .where('subject', '=', subject)
    .executeTakeFirst();
}

export async function insertIdentity(
  tx: Tx,
  identity: { id: string; userId: string; providerId: string; subject: string; now: Date },
): Promise<void> {
  await tx
    .insertInto('external_identity')
    .values({
      id: identity.id,
      user_id: identity.userId,
      provider_id: identity.providerId,
      subject: identity.subject,
      created_at: identity.now,
      last_used_at: identity.now,
    })
    .execute();
}

/** What mappings have given by now. */
export type Given = {
  given_role: Role | null;
  role_before: Role | null;
  given_role_ids: string[];
  given_group_ids: string[];
};

/** Whether the link is still there. */
export async function noteSignIn(tx: Tx, id: string, given: Given, now: Date): Promise<boolean> {
  const row = await tx
    .updateTable('external_identity')
    .set({ ...given, last_used_at: now })
    .where('id', '=', id)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export async function insertSignIn(
  tx: Tx,
  signIn: { id: string; identity_id: string; sid: string | null; id_token: Buffer | null; created_at: Date },
): Promise<void> {
  await tx.insertInto('external_sign_in').values(signIn).execute();
}

export function listIdentities(db: Db, userId: string, page: Omit<PageRequest, 'filters'>) {
  const query = db
    .selectFrom('external_identity')
    .innerJoin('sso_provider', 'sso_provider.id', 'external_identity.provider_id')
    .select([
      'external_identity.id',
      'sso_provider.key',
      'sso_provider.name',
      'sso_provider.is_active',
      'external_identity.created_at',
      'external_identity.last_used_at',
    ])
    .where('external_identity.user_id', '=', userId);
  const keys = { createdAt: { by: sql.ref('external_identity.created_at'), type: 'timestamptz' } } as const;
  return fetchPage(query, keys, sql.ref('external_identity.id'), { ...page, filters: { userId } });
}

/** Those of one person by which they can sign in today; locked with the person's other links. */
export function lockIdentities(tx: Tx, userId: string) {
  return tx
    .selectFrom('external_identity')
    .innerJoin('sso_provider', 'sso_provider.id', 'external_identity.provider_id')
    .select((eb) => [
      'external_identity.id',
      'external_identity.user_id',
      'external_identity.provider_id',
      eb.ref('external_identity.given_role').$castTo<Role | null>().as('given_role'),
      eb.ref('external_identity.role_before').$castTo<Role | null>().as('role_before'),
      'external_identity.given_role_ids',
      'external_identity.given_group_ids',
      'external_identity.created_at',
      'sso_provider.is_active',
    ])
    .where('external_identity.user_id', '=', userId)
    .orderBy('external_identity.id')
    .forUpdate('external_identity')
    .execute();
}

/** The sign-ins that came by it, whose sessions end with it. */
export async function listSignInsOf(tx: Tx, identityId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('external_sign_in')
    .select('id')
    .where('identity_id', '=', identityId)
    .execute();
  return rows.map(({ id }) => id);
}

/** The same of all people of a provider: at its `sub`, its `sid`, or both. */
export async function listSignInsAt(
  tx: Tx,
  { providerId, subject, sid }: { providerId: string; subject: string | undefined; sid: string | undefined },
): Promise<string[]> {
  let query = tx
    .selectFrom('external_sign_in')
    .innerJoin('external_identity', 'external_identity.id', 'external_sign_in.identity_id')
    .select('external_sign_in.id')
    .where('external_identity.provider_id', '=', providerId);
  if (subject !== undefined) query = query.where('external_identity.subject', '=', subject);
  if (sid !== undefined) query = query.where('external_sign_in.sid', '=', sid);
  const rows = await query.execute();
  return rows.map(({ id }) => id);
}

function linksIn(tx: Tx) {
  return tx
    .selectFrom('external_identity')
    .select((eb) => [
      'id',
      'user_id',
      'provider_id',
      eb.ref('given_role').$castTo<Role | null>().as('given_role'),
      eb.ref('role_before').$castTo<Role | null>().as('role_before'),
      'given_role_ids',
      'given_group_ids',
    ]);
}

/** What is to be known of a link to take it away; undefined where it is gone. */
export function findLink(tx: Tx, id: string): Promise<LinkRow | undefined> {
  return linksIn(tx).where('id', '=', id).executeTakeFirst();
}

/** A person's links from before a time, but for one. */
export function listIdentitiesBefore(
  tx: Tx,
  { userId, exceptId, before }: { userId: string; exceptId: string | null; before: Date },
): Promise<LinkRow[]> {
  let query = linksIn(tx).where('user_id', '=', userId).where('created_at', '<', before);
  if (exceptId !== null) query = query.where('id', '<>', exceptId);
  return query.orderBy('id').execute();
}

/** At most so many links to a provider whose sign-ins gave something; nobody else takes them away meanwhile. */
export function listGivingIdentities(tx: Tx, providerId: string, limit: number): Promise<LinkRow[]> {
  return linksIn(tx)
    .where('provider_id', '=', providerId)
    .where((eb) =>
      eb.or([
        eb('given_role', 'is not', null),
        eb('given_role_ids', '<>', sql<string[]>`'{}'`),
        eb('given_group_ids', '<>', sql<string[]>`'{}'`),
      ]),
    )
    .limit(limit)
    .forUpdate()
    .execute();
}

/** Whether the account is signed in to by the provider already, as another of its subjects than this. */
export async function hasOtherIdentityAt(
  tx: Tx,
  { userId, providerId, subject }: { userId: string; providerId: string; subject: string | null },
): Promise<boolean> {
  const row = await tx
    .selectFrom('external_identity')
    .select('id')
    .where('user_id', '=', userId)
    .where('provider_id', '=', providerId)
    .where('subject', 'is distinct from', subject)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export async function deleteIdentities(tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.deleteFrom('external_identity').where('id', 'in', ids).execute();
}

export async function findRoleOf(tx: Tx, userId: string): Promise<Role> {
  const { role } = await tx
    .selectFrom('app_user')
    .select((eb) => eb.ref('role').$castTo<Role>().as('role'))
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  return role;
}
