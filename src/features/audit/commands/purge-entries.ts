import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { holdHead } from '../queries/chain.ts';
import { deleteUpTo, findPurgeable, insertCheckpoint } from '../queries/purging.ts';

const dayMs = 86_400_000;
const batchSize = 5_000;

/**
 * Ends entries older than AUDIT_RETENTION_DAYS: the oldest stretch of the chain, whole, so that what is left still
 * verifies from the checkpoint that takes its place. That it was done is itself an entry. Returns how many.
 */
export async function purgeEntries(
  deps: Deps,
  signal: Pick<AbortSignal, 'aborted'> = { aborted: false },
): Promise<number> {
  const before = new Date(deps.clock.now().getTime() - deps.config.auditRetentionDays * dayMs);
  let total = 0;
  let count = batchSize;
  while (count === batchSize && !signal.aborted) {
    count = await purgeSome(deps, before);
    total += count;
  }
  return total;
}

function purgeSome({ db, audit }: Deps, before: Date): Promise<number> {
  return inTransaction(db, async (tx) => {
    // Of two that purge one waits for tomorrow.
    if (!(await holdHead(tx))) return 0;
    const stretch = await findPurgeable(tx, before, batchSize);
    if (!stretch) return 0;
    const { position, hash, count } = stretch;
    const after = { position, seal: hash.toString('hex'), entries: count };
    const [entryId = ''] = await audit.record(tx, { action: 'audit.purged', after });
    await insertCheckpoint(tx, stretch, entryId);
    await deleteUpTo(tx, position);
    return count;
  });
}
