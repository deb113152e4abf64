import type { Static } from 'typebox';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, invalid, notFound } from '#platform/errors.ts';
import { newId } from '#platform/ids.ts';
import { redeliverJob } from '../job-definitions.ts';
import {
  findDelivery,
  getDelivery,
  insertDeliveries,
  listEventsInRange,
  type DeliveryRow,
} from '../queries/deliveries.ts';
import { findWebhook, type WebhookRow } from '../queries/webhooks.ts';

const batchSize = 1_000;
const maxRangeDays = 31;
const dayMs = 86_400_000;

export function requireActive(webhook: WebhookRow | undefined): WebhookRow {
  if (!webhook) throw notFound('Webhook');
  if (!webhook.is_active)
    throw conflict('webhook_inactive', 'The endpoint is not active. Set isActive, then repeat.');
  return webhook;
}

/** Sends the event of a delivery once more, in whatever state that is. 404, 409 `webhook_inactive`. */
export async function redeliver(deps: Deps, webhookId: string, deliveryId: string): Promise<DeliveryRow> {
  const now = deps.clock.now();
  const added = await inTransaction(deps.db, async (tx) => {
    requireActive(await findWebhook(tx, webhookId));
    const old = await findDelivery(tx, webhookId, deliveryId);
    if (!old) throw notFound('Delivery');
    const { event_id, event_type } = old;
    const delivery = { id: newId(), webhook_id: webhookId, event_id, event_type, request_id: newId() };
    await insertDeliveries(tx, [delivery], { now, trace: deps.trace });
    return getDelivery(tx, delivery.id);
  });
  deps.deliveriesDue.wake();
  return added;
}

/**
 * Has every event that happened in [from, to) and that the endpoint subscribes to sent once more, by jobs. Returns the
 * id of the request. 400 for a range that is empty or longer than 31 days, 404, 409 `webhook_inactive`.
 */
export async function redeliverRange(
  deps: Deps,
  actorId: string,
  webhookId: string,
  { from, to }: { from: Date; to: Date },
): Promise<string> {
  if (to <= from)
    throw invalid('The range is empty.', [
      { path: '/to', code: 'range_empty', message: 'It must be after from.' },
    ]);
  if (to.getTime() - from.getTime() > maxRangeDays * dayMs)
    throw invalid('The range is too long.', [
      {
        path: '/to',
        code: 'range_too_long',
        params: { maxDays: maxRangeDays },
        message: `At most ${maxRangeDays} days.`,
      },
    ]);
  return inTransaction(deps.db, async (tx) => {
    requireActive(await findWebhook(tx, webhookId));
    const requestId = newId();
    await deps.jobs.enqueue(tx, redeliverJob, {
      webhookId,
      requestId,
      to: to.toISOString(),
      after: { at: from.toISOString(), sequence: 0 },
      actorId,
    });
    return requestId;
  });
}

/** Adds the deliveries of the next events of a range, and a job for those after them. Harmless twice. */
export async function redeliverSome(deps: Deps, payload: Static<typeof redeliverJob.payload>): Promise<void> {
  const { webhookId, requestId, after, to } = payload;
  const webhook = await findWebhook(deps.db, webhookId);
  if (!webhook?.is_active) return;
  const range = { after: { at: new Date(after.at), sequence: after.sequence }, to: new Date(to) };
  const events = await listEventsInRange(deps.db, typesOf(deps, webhook), range, batchSize);
  const rows = events.map(({ id, type }) => ({
    id: newId(),
    webhook_id: webhookId,
    event_id: id,
    event_type: type,
    request_id: requestId,
  }));
  const last = events.length === batchSize ? events.at(-1) : undefined;
  await inTransaction(deps.db, async (tx) => {
    await insertDeliveries(tx, rows, { now: deps.clock.now(), trace: deps.trace });
    if (!last) return;
    const next = { at: last.occurred_at.toISOString(), sequence: last.sequence };
    await deps.jobs.enqueue(tx, redeliverJob, { ...payload, after: next });
  });
  deps.deliveriesDue.wake();
}

function typesOf(deps: Deps, { event_types: types }: WebhookRow): string[] {
  if (!types.includes('*')) return types;
  return deps.events.catalogue.public.map(({ type }) => type).filter((type) => type !== 'ping');
}
