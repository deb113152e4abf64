import { sql } from 'kysely';
import { inChunks, purgedAtOnce } from '#platform/db/purging.ts';
import type { Db, Tx } from '#platform/db/database.ts';
import type { Protocol } from './providers.ts';

export type NewTransaction = {
  state_hash: Buffer;
  browser_hash: Buffer;
  provider_id: string;
  return_to: string;
  code_challenge: string;
  created_at: Date;
  expires_at: Date;
};

export async function insertTransaction(db: Db, transaction: NewTransaction): Promise<void> {
  await db.insertInto('sso_transaction').values(transaction).execute();
}

/** Takes it, so that it is there once: of two that come at the same time one finds none. Only from its own browser. */
export function takeTransaction(db: Db, { stateHash, browserHash, protocol, providerKey, now }: TakenBy) {
  return db
    .deleteFrom('sso_transaction')
    .using('sso_provider')
    .whereRef('sso_provider.id', '=', 'sso_transaction.provider_id')
    .where('state_hash', '=', stateHash)
    .where('browser_hash', '=', browserHash)
    .where('sso_provider.protocol', '=', protocol)
    .where('sso_provider.key', '=', providerKey)
    .where('expires_at', '>', now)
    .returning(['return_to', 'code_challenge', 'provider_id', 'answer'])
    .executeTakeFirst();
}

type TakenBy = {
  stateHash: Buffer;
  browserHash: Buffer;
  protocol: Protocol;
  providerKey: string;
  now: Date;
};

/** Keeps for the browser what its provider of SAML posted. Only the first counts: false where there is none that waits. */
export async function keepPosted(
  db: Db,
  {
    stateHash,
    providerKey,
    answer,
    now,
  }: { stateHash: Buffer; providerKey: string; answer: Buffer; now: Date },
): Promise<boolean> {
  const row = await db
    .updateTable('sso_transaction')
    .from('sso_provider')
    .set({ answer })
    .whereRef('sso_provider.id', '=', 'sso_transaction.provider_id')
    .where('state_hash', '=', stateHash)
    .where('sso_provider.protocol', '=', 'saml')
    .where('sso_provider.key', '=', providerKey)
    .where('expires_at', '>', now)
    .where('answer', 'is', null)
    .returning('provider_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether this assertion came for the first time. */
export async function spendAssertion(
  db: Db,
  { providerId, idHash, expiresAt }: { providerId: string; idHash: Buffer; expiresAt: Date },
): Promise<boolean> {
  const row = await db
    .insertInto('sso_assertion')
    .values({ provider_id: providerId, id_hash: idHash, expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id_hash')
    .executeTakeFirst();
  return row !== undefined;
}

/** Those that nobody would take again. Returns how many. */
export function purgeAssertions(db: Db, now: Date): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
    delete from sso_assertion where (provider_id, id_hash) in (
      select provider_id, id_hash from sso_assertion where expires_at < ${now} limit ${purgedAtOnce})
    returning 1`.execute(db);
    return rows.length;
  });
}

/** Whether this logout token came for the first time. */
export async function spendLogoutToken(
  tx: Tx,
  { providerId, jtiHash, now }: { providerId: string; jtiHash: Buffer; now: Date },
): Promise<boolean> {
  const row = await tx
    .insertInto('sso_logout_token')
    .values({ provider_id: providerId, jti_hash: jtiHash, created_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning('jti_hash')
    .executeTakeFirst();
  return row !== undefined;
}

/** Those too old to be taken again. Returns how many. */
export function purgeLogoutTokens(db: Db, before: Date): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
    delete from sso_logout_token where (provider_id, jti_hash) in (
      select provider_id, jti_hash from sso_logout_token where created_at < ${before} limit ${purgedAtOnce})
    returning 1`.execute(db);
    return rows.length;
  });
}

/** Begun and not ended in time. Returns how many. */
export function purgeTransactions(db: Db, now: Date): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
    delete from sso_transaction where state_hash in (
      select state_hash from sso_transaction where expires_at < ${now} limit ${purgedAtOnce})
    returning 1`.execute(db);
    return rows.length;
  });
}

/** Of sessions that are gone. Returns how many. */
export function purgeSignIns(db: Db, before: Date): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
    delete from external_sign_in where id in (
      select id from external_sign_in where created_at < ${before}
        and not exists (select from session where session.external_sign_in_id = external_sign_in.id)
      limit ${purgedAtOnce})
    returning 1`.execute(db);
    return rows.length;
  });
}
