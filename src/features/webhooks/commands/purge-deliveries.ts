import { daysBefore, inChunks, purgedAtOnce } from '#platform/db/purging.ts';
import type { Deps } from '#platform/deps.ts';
import { purgeDeliveries, purgeWebhooks } from '../queries/purge.ts';

/** Deletes what is older than the settings say, and what belongs to deleted endpoints, in batches until `signal`. */
export async function purgeOldDeliveries(
  { db, config, clock }: Pick<Deps, 'db' | 'config' | 'clock'>,
  signal: AbortSignal,
): Promise<{ deliveries: number; webhooks: number }> {
  const now = clock.now();
  const before = daysBefore(now, config.webhookDeliveryRetentionDays);
  const deliveries = await inChunks(() => purgeDeliveries(db, before, purgedAtOnce), signal);
  // A day later, when nothing that was under way still comes back to it.
  return { deliveries, webhooks: await purgeWebhooks(db, daysBefore(now, 1)) };
}
