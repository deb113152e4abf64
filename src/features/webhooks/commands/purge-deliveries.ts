import type { Deps } from '#platform/deps.ts';
import { purgeDeliveries, purgeWebhooks } from '../queries/purge.ts';

const dayMs = 86_400_000;
const keptDays = 30;
const batchSize = 5_000;

/** Deletes what is older than 30 days, and what belongs to deleted endpoints, in batches until `signal`. */
export async function purgeOldDeliveries(
  deps: Deps,
  signal: AbortSignal,
): Promise<{ deliveries: number; webhooks: number }> {
  const now = deps.clock.now().getTime();
  let deliveries = 0;
  let count = batchSize;
  while (count === batchSize && !signal.aborted) {
    count = await purgeDeliveries(deps.db, new Date(now - keptDays * dayMs), batchSize);
    deliveries += count;
  }
  // A day later, when nothing that was under way still comes back to it.
  return { deliveries, webhooks: await purgeWebhooks(deps.db, new Date(now - dayMs)) };
}
