import { Type } from 'typebox';
import { id, integer, nullable, object, time } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';

/** Makes the deliveries of events, which the dispatcher of a worker then sends. */
export const fanOutJob = defineJob({
  name: 'webhooks.fan-out',
  queue: 'webhooks',
  payload: object({ eventIds: Type.Array(id, { maxItems: 100 }) }),
});

/** Sends the events of a time range again: some at a time, each job adding the next. */
export const redeliverJob = defineJob({
  name: 'webhooks.redeliver',
  queue: 'webhooks',
  payload: object({
    webhookId: id,
    requestId: id,
    to: time,
    after: object({ at: time, sequence: integer(0, Number.MAX_SAFE_INTEGER) }),
    actorId: nullable(id),
  }),
});

export const purgeDeliveriesJob = defineJob({
  name: 'webhooks.purge',
  queue: 'maintenance',
  payload: object({}),
});
