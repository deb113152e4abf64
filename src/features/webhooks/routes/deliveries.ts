import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { pingWebhook } from '../commands/ping-webhook.ts';
import { redeliver, redeliverRange } from '../commands/redeliver.ts';
import { presentDelivery } from '../present.ts';
import { listDeliveries } from '../queries/deliveries.ts';
import { findWebhook } from '../queries/webhooks.ts';
import {
  deliveryPage,
  deliveryParams,
  deliveryQuery,
  deliverySchema,
  rangeAnswer,
  rangeBody,
} from '../schemas.ts';

const tags = ['Webhooks'];
const config = { access: 'webhooks.manage' } as const;
const sending = { ...config, isClosedInDemo: true } as const;

export function deliveryRoutes(app: App, deps: Deps): void {
  const listing = operation('listWebhookDeliveries', 'List the attempts to send to an endpoint', {
    tags,
    description: 'One item an attempt. They are kept for `WEBHOOK_DELIVERY_RETENTION_DAYS`.',
    params: idParams,
    querystring: deliveryQuery,
    response: { 200: deliveryPage },
    errors: [400, 401, 403, 404],
  });
  // 3 statements: sign-in, endpoint, page.
  app.get('/webhooks/:id/deliveries', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = '-createdAt', cursor, state, eventType, eventId } = request.query;
    const webhook = await findWebhook(deps.db, request.params.id);
    if (!webhook) throw notFound('Webhook');
    const filters = { webhookId: webhook.id, state, eventType, eventId };
    const page = await listDeliveries(deps.db, filters, { limit, sort, cursor });
    return { items: page.rows.map(presentDelivery), nextCursor: page.nextCursor };
  });
  sendingRoutes(app, deps);
}

function sendingRoutes(app: App, deps: Deps): void {
  const testing = operation('testWebhook', 'Send the event `ping` to an endpoint', {
    tags,
    description: 'What became of it stands in the list of attempts. 409 `webhook_inactive`.',
    params: idParams,
    response: { 202: deliverySchema },
    errors: [401, 403, 404, 409],
  });
  app.post('/webhooks/:id/test', { schema: testing, config: sending }, async (request, reply) => {
    const delivery = await pingWebhook(traced(deps, request), signedIn(request), request.params.id);
    return reply.status(202).send(presentDelivery(delivery));
  });

  const repeating = operation('redeliverWebhookDelivery', 'Send an event once more', {
    tags,
    description: 'With the same `webhook-id`, and retries of its own. 409 `webhook_inactive`.',
    params: deliveryParams,
    response: { 202: deliverySchema },
    errors: [401, 403, 404, 409],
  });
  const path = '/webhooks/:id/deliveries/:deliveryId/redelivery';
  app.post(path, { schema: repeating, config: sending }, async (request, reply) => {
    const { id, deliveryId } = request.params;
    return reply.status(202).send(presentDelivery(await redeliver(traced(deps, request), id, deliveryId)));
  });

  const ranging = operation('redeliverWebhookEvents', 'Send the events of a time range once more', {
    tags,
    description:
      'Every event that happened from `from` on and before `to`, at most 31 days, and that the endpoint subscribes to, also one that was never sent. A job does it. 409 `webhook_inactive`.',
    params: idParams,
    body: rangeBody,
    response: { 202: rangeAnswer },
    errors: [400, 401, 403, 404, 409],
  });
  app.post('/webhooks/:id/redeliveries', { schema: ranging, config: sending }, async (request, reply) => {
    const { from, to } = request.body;
    const range = { from: new Date(from), to: new Date(to) };
    const requestId = await redeliverRange(
      traced(deps, request),
      signedIn(request).userId,
      request.params.id,
      range,
    );
    return reply.status(202).send({ requestId });
  });
}
