import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { pinged } from '../events.ts';
import { getDelivery, insertDeliveries, type DeliveryRow } from '../queries/deliveries.ts';
import { findWebhook } from '../queries/webhooks.ts';
import { requireActive } from './redeliver.ts';

/** Has the event `ping` sent to this endpoint alone. 404, 409 `webhook_inactive`. */
export async function pingWebhook(deps: Deps, actor: Actor, webhookId: string): Promise<DeliveryRow> {
  const now = deps.clock.now();
  const added = await inTransaction(deps.db, async (tx) => {
    requireActive(await findWebhook(tx, webhookId));
    const [eventId = ''] = await deps.events.publish(tx, fact(pinged, actor.userId, now, { webhookId }));
    const id = newId();
    const delivery = {
      id,
      webhook_id: webhookId,
      event_id: eventId,
      event_type: pinged.type,
      request_id: null,
    };
    await insertDeliveries(tx, [delivery], { now, trace: deps.trace });
    return getDelivery(tx, id);
  });
  deps.deliveriesDue.wake();
  return added;
}
