import { Type } from 'typebox';
import {
  commaList,
  id,
  integer,
  listQuery,
  named,
  nullable,
  object,
  oneLine,
  oneOf,
  pageOf,
  text,
  time,
} from '#platform/http/schema.ts';
import { disabledReasons } from './events.ts';
import { eventSchema } from './event-shape.ts';
import { deliveryStates } from './queries/deliveries.ts';

const json = Type.Record(Type.String(), Type.Unknown());
const eventType = text(1, 100);

const eventTypeSchema = named(
  'EventType',
  object({
    type: Type.String(),
    version: integer(1, 32_767),
    description: Type.String(),
    schema: Type.Unsafe<object>({ ...json, description: 'JSON Schema of the whole event.' }),
    example: Type.Unsafe<object>({ ...json, description: 'A whole event.' }),
  }),
);
export const eventTypePage = pageOf('EventTypePage', eventTypeSchema);

export const feedQuery = object({
  after: Type.Optional(
    Type.String({
      maxLength: 200,
      description: 'A `nextCursor` from before; without it, from the beginning.',
    }),
  ),
  limit: Type.Optional(integer(1, 100, { default: 20 })),
  type: Type.Optional(commaList(eventType)),
});
export const eventPage = named(
  'EventPage',
  object({
    items: Type.Array(eventSchema),
    nextCursor: Type.String({ description: 'Where to read on, also at the end: ask again with it later.' }),
    hasMore: Type.Boolean({ description: 'Whether more is there already.' }),
  }),
);

const webhookFields = {
  url: text(1, 2_000, { description: 'https, or http outside of staging and production.' }),
  events: Type.Array(eventType, {
    minItems: 1,
    maxItems: 50,
    uniqueItems: true,
    description: 'Types of events, or `*` for all that there are and will be.',
  }),
  description: nullable(oneLine(0, 200)),
  isActive: Type.Boolean(),
};
const readFields = {
  disabledAt: nullable(time),
  disabledReason: nullable(oneOf(disabledReasons)),
  failureCount: integer(0, 2_147_483_647, { description: 'Failed attempts since the last that succeeded.' }),
  failingSince: nullable(time),
  previousSecretExpiresAt: nullable(time),
  createdAt: time,
  updatedAt: time,
};
const answered = { id, ...webhookFields, url: Type.String(), ...readFields };
const secret = Type.String({ description: 'Told in this answer and never again: `whsec_` and base64.' });

export const webhookSchema = named('Webhook', object(answered));
export const webhookWithSecretSchema = named('WebhookWithSecret', object({ ...answered, secret }));
export const webhookPage = pageOf('WebhookPage', webhookSchema);
export const webhookQuery = listQuery(['-createdAt', 'createdAt'], {});
export const newWebhookBody = named(
  'WebhookInput',
  object({
    url: webhookFields.url,
    events: webhookFields.events,
    description: Type.Optional(webhookFields.description),
    isActive: Type.Optional(webhookFields.isActive),
  }),
);
export const webhookPatch = named(
  'WebhookPatch',
  object({
    url: Type.Optional(webhookFields.url),
    events: Type.Optional(webhookFields.events),
    description: Type.Optional(webhookFields.description),
    isActive: Type.Optional(webhookFields.isActive),
  }),
);
export const secretSchema = named('WebhookSecret', object({ secret, previousSecretExpiresAt: time }));

export const deliverySchema = named(
  'WebhookDelivery',
  object({
    id,
    eventId: id,
    eventType: Type.String(),
    attempt: integer(1, 32_767, { description: 'Of this sending of the event; 1 is the first.' }),
    state: oneOf(deliveryStates, {
      description:
        'One that `failed` is followed by another attempt; after one that is `dead` there is none.',
    }),
    isRedelivery: Type.Boolean(),
    createdAt: time,
    dueAt: time,
    startedAt: nullable(time),
    durationMs: nullable(integer(0)),
    responseStatus: nullable(integer(100, 999)),
    responseBody: nullable(Type.String({ description: 'The first 10 kB of the answer.' })),
    error: nullable(object({ code: Type.String(), message: Type.String() })),
  }),
);
export const deliveryPage = pageOf('WebhookDeliveryPage', deliverySchema);
export const deliveryQuery = listQuery(['-createdAt', 'createdAt'], {
  state: Type.Optional(commaList(oneOf(deliveryStates))),
  eventType: Type.Optional(commaList(eventType)),
  eventId: Type.Optional(id),
});
export const deliveryParams = object({ id, deliveryId: id });

export const rangeBody = named('RedeliveryRange', object({ from: time, to: time }));
export const rangeAnswer = named('Redeliveries', object({ requestId: id }));
