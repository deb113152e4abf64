import { sealHash } from '#platform/audit/hashes.ts';
import type { Db } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import { holdHead, insertSeals, listUnsealed, moveHead } from '../queries/chain.ts';

const batchSize = 1_000;

/**
 * Adds what is not sealed to the end of the chain, a batch a transaction. Apart from the acts, so that none of them waits
 * for another. Of two at once one does it. Returns how many entries it sealed.
 */
export async function sealEntries(
  db: Db,
  signal: Pick<AbortSignal, 'aborted'> = { aborted: false },
): Promise<number> {
  let total = 0;
  let count = batchSize;
  while (count === batchSize && !signal.aborted) {
    count = await sealSome(db);
    total += count;
  }
  return total;
}

function sealSome(db: Db): Promise<number> {
  return inTransaction(db, async (tx) => {
    const head = await holdHead(tx);
    const rows = head ? await listUnsealed(tx, batchSize) : [];
    if (!head || rows.length === 0) return 0;
    let { position, hash } = head;
    const seals = rows.map((row) => {
      hash = sealHash(hash, row);
      position += 1;
      return { position, entry_id: row.id, hash };
    });
    await insertSeals(tx, seals);
    await moveHead(tx, { position, hash });
    return seals.length;
  });
}
