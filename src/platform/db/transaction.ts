import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { AppError } from '#platform/errors.ts';
import type { Db, Tx } from './database.ts';
import { sqlStateOf } from './errors.ts';
import { isStalePlan } from './prepared.ts';

const retriedStates = new Set(['40001', '40P01']);
const tries = 4;

/**
 * Runs `work` in one transaction and commits it. A deadlock, a serialisation failure or a plan from before a migration,
 * for which PostgreSQL undid everything, is tried again; `work` must therefore touch nothing but the database.
 * Given a transaction, it works in that one: it is the caller's to commit, and to try again.
 */
export async function inTransaction<T>(db: Db | Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db as Tx);
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      const isUndone = retriedStates.has(sqlStateOf(error) ?? '') || isStalePlan(error);
      if (attempt === tries || !isUndone) throw error;
      await sleep(attempt * 10 + Math.random() * 20);
    }
  }
}

/**
 * Does `work`; where that meets with what is somebody else's already, a unique key or a 409, undoes it alone and does `instead`.
 */
export async function unlessTaken<T>(tx: Tx, work: () => Promise<T>, instead: () => Promise<T>): Promise<T> {
  await sql`savepoint unless_taken`.execute(tx);
  try {
    return await work();
  } catch (error) {
    const isTaken = error instanceof AppError ? error.status === 409 : sqlStateOf(error) === '23505';
    if (!isTaken) throw error;
    await sql`rollback to savepoint unless_taken`.execute(tx);
    return instead();
  }
}
