import { definePublicEvent } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, object, oneOf } from '#platform/http/schema.ts';

const { webhookId } = exampleIds;

export const disabledReasons = ['failing', 'gone'] as const;
export type DisabledReason = (typeof disabledReasons)[number];

export const webhookDisabled = definePublicEvent(
  'webhook.disabled',
  object({ webhookId: id, reason: oneOf(disabledReasons) }),
  {
    description:
      'An endpoint is sent nothing more: it failed for a day (`failing`) or answered 410 (`gone`). An admin can set it active again.',
    example: { webhookId, reason: 'failing' },
  },
);

/** Sent to the one endpoint that is tested, whatever it subscribes to. */
export const pinged = definePublicEvent('ping', object({ webhookId: id }), {
  description: 'An admin tests an endpoint. Sent to this one alone, whatever it subscribes to.',
  example: { webhookId },
});
