import { sql } from 'kysely';
import type { Role } from '#platform/auth/actor.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import { fetchPage, type PageRequest } from '#platform/db/page.ts';
import type { ClaimNames } from '../claims.ts';
import type { SamlSettings } from '../saml/settings.ts';

export const protocols = ['oidc', 'saml'] as const;
export type Protocol = (typeof protocols)[number];
/** What a group of the provider's is here: a role, custom roles, groups. */
export type GroupMapping = { value: string; role?: Role; customRoleId?: string; groupId?: string };
export type ProviderRow = NonNullable<Awaited<ReturnType<typeof findProvider>>>;

function providersIn(db: Db | Tx) {
  return db
    .selectFrom('sso_provider')
    .select((eb) => [
      'id',
      eb.ref('protocol').$castTo<Protocol>().as('protocol'),
      'key',
      'name',
      'issuer',
      'client_id',
      'client_secret',
      'scopes',
      eb.ref('claims').$castTo<ClaimNames>().as('claims'),
      eb.ref('group_mappings').$castTo<GroupMapping[]>().as('group_mappings'),
      eb.ref('saml').$castTo<SamlSettings | null>().as('saml'),
      'email_domains',
      'creates_accounts',
      'trusts_second_factor',
      'is_active',
      'version',
      'created_at',
      'updated_at',
    ]);
}

export function findProvider(db: Db | Tx, id: string) {
  return providersIn(db).where('id', '=', id).executeTakeFirst();
}

export function lockProvider(tx: Tx, id: string) {
  return providersIn(tx).where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Whether it may be signed in by; whoever switches it off, or deletes it, waits until the transaction ends. */
export async function holdActive(tx: Tx, id: string): Promise<boolean> {
  const row = await tx
    .selectFrom('sso_provider')
    .select('id')
    .where('id', '=', id)
    .where('is_active', '=', true)
    .forKeyShare()
    .executeTakeFirst();
  return row !== undefined;
}

/** One that may be signed in by. */
export function findActiveProvider(db: Db | Tx, protocol: Protocol, key: string) {
  return providersIn(db)
    .where('key', '=', key)
    .where('protocol', '=', protocol)
    .where('is_active', '=', true)
    .executeTakeFirst();
}

/** Active or not: sessions that came by it end. */
export function findProviderOfSession(db: Db, sessionId: string) {
  return db
    .selectFrom('session')
    .innerJoin('external_sign_in', 'external_sign_in.id', 'session.external_sign_in_id')
    .innerJoin('external_identity', 'external_identity.id', 'external_sign_in.identity_id')
    .innerJoin('sso_provider', 'sso_provider.id', 'external_identity.provider_id')
    .select([
      'external_sign_in.id as signInId',
      'external_sign_in.id_token as idToken',
      'sso_provider.id',
      'sso_provider.version',
      'sso_provider.issuer',
      'sso_provider.client_id',
      'sso_provider.client_secret',
    ])
    .where('session.id', '=', sessionId)
    .where('sso_provider.is_active', '=', true)
    .executeTakeFirst();
}

export function listProviders(db: Db, page: Omit<PageRequest, 'filters'>) {
  const keys = { createdAt: { by: sql.ref('created_at'), type: 'timestamptz' } } as const;
  return fetchPage(providersIn(db), keys, sql.ref('id'), page);
}

/** What a sign-in page shows, in the order of names. */
export function listActiveProviders(db: Db, page: Omit<PageRequest, 'filters'>) {
  const query = db
    .selectFrom('sso_provider')
    .select((eb) => ['id', 'key', 'name', eb.ref('protocol').$castTo<Protocol>().as('protocol')])
    .where('is_active', '=', true);
  const keys = { name: { by: sql`lower(name)`, type: 'text' } } as const;
  return fetchPage(query, keys, sql.ref('id'), page);
}

export type ProviderFields = {
  protocol: Protocol;
  key: string;
  name: string;
  issuer: string;
  client_id: string;
  client_secret: Buffer | null;
  scopes: string[];
  claims: ClaimNames;
  group_mappings: GroupMapping[];
  saml: SamlSettings | null;
  email_domains: string[];
  creates_accounts: boolean;
  trusts_second_factor: boolean;
  is_active: boolean;
};

export async function insertProvider(tx: Tx, id: string, fields: ProviderFields, now: Date): Promise<void> {
  await tx
    .insertInto('sso_provider')
    .values({ id, ...fields, ...asJson(fields), created_at: now, updated_at: now })
    .execute();
}

export async function updateProvider(
  tx: Tx,
  id: string,
  change: Partial<ProviderFields>,
  now: Date,
): Promise<void> {
  await tx
    .updateTable('sso_provider')
    .set((eb) => ({ ...change, ...asJson(change), version: eb('version', '+', 1), updated_at: now }))
    .where('id', '=', id)
    .execute();
}

// node-postgres would make a PostgreSQL array of a list.
function asJson({ claims, group_mappings: mappings, saml }: Partial<ProviderFields>) {
  return {
    ...(claims && { claims: sql<string>`${JSON.stringify(claims)}::jsonb` }),
    ...(mappings && { group_mappings: sql<string>`${JSON.stringify(mappings)}::jsonb` }),
    ...(saml && { saml: sql<string>`${JSON.stringify(saml)}::jsonb` }),
  };
}

/** With the links of people to it. */
export async function deleteProvider(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('sso_provider').where('id', '=', id).execute();
}

/** The sealed secrets behind an id, at most `limit`. */
export function listClientSecrets(db: Db, afterId: string | undefined, limit: number) {
  let query = db.selectFrom('sso_provider').select(['id', 'client_secret']).orderBy('id').limit(limit);
  if (afterId !== undefined) query = query.where('id', '>', afterId);
  return query.execute();
}

/** The same of ID tokens. */
export function listIdTokens(db: Db, afterId: string | undefined, limit: number) {
  let query = db
    .selectFrom('external_sign_in')
    .select((eb) => ['id', eb.ref('id_token').$notNull().as('id_token')])
    .where('id_token', 'is not', null)
    .orderBy('id')
    .limit(limit);
  if (afterId !== undefined) query = query.where('id', '>', afterId);
  return query.execute();
}

export async function replaceIdToken(db: Db, id: string, from: Buffer, to: Buffer): Promise<void> {
  await db
    .updateTable('external_sign_in')
    .set({ id_token: to })
    .where('id', '=', id)
    .where('id_token', '=', from)
    .execute();
}

/** Puts another sealing of the same secret in its place, unless it has changed. Harmless twice. */
export async function replaceClientSecret(db: Db, id: string, from: Buffer, to: Buffer): Promise<void> {
  await db
    .updateTable('sso_provider')
    .set({ client_secret: to })
    .where('id', '=', id)
    .where('client_secret', '=', from)
    .execute();
}
