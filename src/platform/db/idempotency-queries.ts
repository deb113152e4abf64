import { sql, type ExpressionBuilder } from 'kysely';
import type { Db, Tables } from './database.ts';
import { inChunks, purgedAtOnce } from './purging.ts';

/** Whose key, for which operation. */
export type KeyOf = { actorId: string; operation: string; key: string };
/** A key that a request holds: until then nobody else takes it over, and the time tells its holder from any other. */
export type Claim = KeyOf & { lockedUntil: Date };

/** Whether the key was free and is now the caller's. */
export async function claimKey(db: Db, of: Claim, requestHash: Buffer, now: Date): Promise<boolean> {
  const row = await db
    .insertInto('idempotency_key')
    .values({
      actor_id: of.actorId,
      operation: of.operation,
      key: of.key,
      request_hash: requestHash,
      locked_until: of.lockedUntil,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  return row !== undefined;
}

export function findClaim(db: Db, of: KeyOf) {
  return db
    .selectFrom('idempotency_key')
    .select(['request_hash', 'answer'])
    .where(isKey(of))
    .executeTakeFirst();
}

/** Whether the first request died, so that this one may do its work. */
export async function takeOverKey(db: Db, of: Claim, now: Date): Promise<boolean> {
  const row = await db
    .updateTable('idempotency_key')
    .set({ locked_until: of.lockedUntil })
    .where(isKey(of))
    .where('answer', 'is', null)
    .where('locked_until', '<', now)
    .returning('key')
    .executeTakeFirst();
  return row !== undefined;
}

/** Harmless twice; does nothing where another holds the key by now. */
export async function keepAnswer(db: Db, of: Claim, answer: Buffer): Promise<void> {
  await db.updateTable('idempotency_key').set({ answer }).where(isHeldBy(of)).execute();
}

/** Harmless twice; does nothing where another holds the key by now. */
export async function forgetKey(db: Db, of: Claim): Promise<void> {
  await db.deleteFrom('idempotency_key').where(isHeldBy(of)).execute();
}

export type KeptAnswer = { actor_id: string; operation: string; key: string; answer: Buffer };

/** Kept answers behind a place, at most `limit`, in the order of their keys. */
export async function listAnswers(
  db: Db,
  after: Omit<KeptAnswer, 'answer'> | null,
  limit: number,
): Promise<KeptAnswer[]> {
  let query = db
    .selectFrom('idempotency_key')
    .select(['actor_id', 'operation', 'key', 'answer'])
    .where('answer', 'is not', null)
    .$narrowType<{ answer: Buffer }>()
    .orderBy('actor_id')
    .orderBy('operation')
    .orderBy('key')
    .limit(limit);
  if (after !== null) {
    query = query.where((eb) =>
      eb(
        eb.refTuple('actor_id', 'operation', 'key'),
        '>',
        eb.tuple(after.actor_id, after.operation, after.key),
      ),
    );
  }
  return query.execute();
}

/** Puts another sealing of the same answer in its place, unless it has changed. Harmless twice. */
export async function replaceAnswer(db: Db, of: KeyOf, from: Buffer, to: Buffer): Promise<void> {
  await db
    .updateTable('idempotency_key')
    .set({ answer: to })
    .where(isKey(of))
    .where('answer', '=', from)
    .execute();
}

/** Deletes what is older than `before`; returns how many. */
export async function purgeKeys(db: Db, before: Date, signal: AbortSignal): Promise<number> {
  return inChunks(async () => {
    const { rows } = await sql`
      delete from idempotency_key where (actor_id, operation, key) in (
        select actor_id, operation, key from idempotency_key where created_at < ${before} limit ${purgedAtOnce})
      returning 1`.execute(db);
    return rows.length;
  }, signal);
}

function isKey(of: KeyOf) {
  return (eb: ExpressionBuilder<Tables, 'idempotency_key'>) =>
    eb.and([eb('actor_id', '=', of.actorId), eb('operation', '=', of.operation), eb('key', '=', of.key)]);
}

function isHeldBy(of: Claim) {
  return (eb: ExpressionBuilder<Tables, 'idempotency_key'>) =>
    eb.and([isKey(of)(eb), eb('locked_until', '=', of.lockedUntil)]);
}
