import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import { insertDeliveries, listSubscriptions } from '../queries/deliveries.ts';

/** Makes a delivery of each event for each active endpoint that subscribes to it. Harmless twice. */
export async function fanOut(deps: Deps, eventIds: readonly string[]): Promise<void> {
  const subscriptions = await listSubscriptions(deps.db, eventIds);
  const rows = subscriptions.map((each) => ({ ...each, id: newId(), request_id: null }));
  await insertDeliveries(deps.db, rows, { now: deps.clock.now(), trace: deps.trace });
  deps.deliveriesDue.wake();
}
