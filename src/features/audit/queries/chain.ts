import { sql } from 'kysely';
import { beginningHash, type SealedRow } from '#platform/audit/hashes.ts';
import type { Db, Tx } from '#platform/db/database.ts';

/** A place in the chain: how many entries it holds, and the hash of the last. */
export type Head = { position: number; hash: Buffer };

/** What a hash covers. */
export const sealedColumns = [
  'audit_entry.id',
  'at',
  'action',
  'outcome',
  'actor_kind',
  'actor_id',
  'api_key_id',
  'impersonator_id',
  'session_id',
  'request_id',
  'target_kind',
  'target_id',
  'person_id',
  'course_id',
  'details_digest',
] as const;

/** The end of the chain, held until the transaction ends; undefined where another holds it. */
export async function holdHead(tx: Tx): Promise<Head | undefined> {
  await tx
    .insertInto('audit_chain')
    .values({ position: 0, hash: beginningHash })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return tx
    .selectFrom('audit_chain')
    .select(['position', 'hash'])
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

export async function moveHead(tx: Tx, { position, hash }: Head): Promise<void> {
  await tx.updateTable('audit_chain').set({ position, hash }).execute();
}

export async function findHead(db: Db): Promise<Head> {
  const row = await db.selectFrom('audit_chain').select(['position', 'hash']).executeTakeFirst();
  return row ?? { position: 0, hash: beginningHash };
}

/** The oldest of what is not sealed. */
export function listUnsealed(tx: Tx, limit: number): Promise<SealedRow[]> {
  return tx
    .selectFrom('audit_unsealed')
    .innerJoin('audit_entry', 'audit_entry.id', 'audit_unsealed.entry_id')
    .select(sealedColumns)
    .orderBy('audit_unsealed.entry_id')
    .limit(limit)
    .execute();
}

export async function insertSeals(
  tx: Tx,
  seals: readonly { position: number; entry_id: string; hash: Buffer }[],
): Promise<void> {
  await sql`
    insert into audit_seal (position, entry_id, hash)
    select * from unnest(${seals.map((seal) => seal.position)}::bigint[], ${seals.map((seal) => seal.entry_id)}::uuid[],
      ${seals.map((seal) => seal.hash)}::bytea[])`.execute(tx);
  await tx
    .deleteFrom('audit_unsealed')
    .where(
      'entry_id',
      'in',
      seals.map((seal) => seal.entry_id),
    )
    .execute();
}

/** How many are not sealed, and the time of the oldest. */
export async function countUnsealed(db: Db): Promise<{ count: number; oldestAt: Date | null }> {
  const row = await db
    .selectFrom('audit_unsealed')
    .leftJoin('audit_entry', 'audit_entry.id', 'audit_unsealed.entry_id')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('at').as('oldestAt')])
    .executeTakeFirstOrThrow();
  return { count: row.count, oldestAt: row.oldestAt };
}

/** For figures: the end, the last that was told as its text, and the time of the oldest entry that is not sealed. One statement. */
export async function readChainState(
  db: Db,
): Promise<{ position: number; told: string | null; oldestUnsealedAt: Date | null }> {
  const { rows } = await sql<{
    position: number;
    told: string | null;
    oldest: Date | null;
  }>`
    select coalesce((select position from audit_chain), 0) as position,
      told.position || ':' || encode(told.hash, 'hex') as told, oldest.at as oldest
    from (values (true)) as one (row)
    left join lateral (select position, hash from audit_told_head order by told_at desc limit 1) as told on true
    left join lateral (
      select at from audit_unsealed join audit_entry on audit_entry.id = audit_unsealed.entry_id
      order by audit_unsealed.entry_id limit 1) as oldest on true`.execute(db);
  const [row] = rows;
  return { position: row?.position ?? 0, told: row?.told ?? null, oldestUnsealedAt: row?.oldest ?? null };
}

export async function insertToldHead(db: Db, { position, hash }: Head, now: Date): Promise<void> {
  await db
    .insertInto('audit_told_head')
    .values({ position, hash, told_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
