import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { signedIn } from '#platform/http/access.ts';
import { authored, ifMatch } from '#platform/http/etag.ts';
import { locationOf, operation } from '#platform/http/operation.ts';
import { hasAny } from '#platform/http/step-up.ts';
import { idParams, noContent } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { changeWebhook, removeWebhook, rotateSecret } from '../commands/change-webhook.ts';
import { createWebhook } from '../commands/create-webhook.ts';
import { presentWebhook } from '../present.ts';
import { findWebhook, listWebhooks } from '../queries/webhooks.ts';
import {
  newWebhookBody,
  webhookWithSecretSchema,
  secretSchema,
  webhookPage,
  webhookPatch,
  webhookQuery,
  webhookSchema,
} from '../schemas.ts';

const tags = ['Webhooks'];
const config = { access: 'webhooks.manage' } as const;
// Data leaves by it: a stolen access token must not be enough.
const sending = { ...config, needsStepUp: true } as const;

export function webhookRoutes(app: App, deps: Deps): void {
  collectionRoutes(app, deps);
  endpointRoutes(app, deps);
}

function collectionRoutes(app: App, deps: Deps): void {
  const listing = operation('listWebhooks', 'List the endpoints', {
    tags,
    querystring: webhookQuery,
    response: { 200: webhookPage },
    errors: [400, 401, 403],
  });
  // 2 statements.
  app.get('/webhooks', { schema: listing, config }, async (request) => {
    const { limit = 20, sort = '-createdAt', cursor } = request.query;
    const page = await listWebhooks(deps.db, { limit, sort, cursor });
    const now = deps.clock.now();
    return { items: page.rows.map((row) => presentWebhook(row, now)), nextCursor: page.nextCursor };
  });

  const creating = operation('createWebhook', 'Have events sent to an address', {
    tags,
    description: 'The `secret` in the answer signs what is sent, and is told this once.',
    body: newWebhookBody,
    sends: ['etag', 'location'],
    response: { 201: webhookWithSecretSchema },
    errors: [400, 401, 403],
  });
  const closable = { ...sending, isClosedInDemo: true } as const;
  app.post('/webhooks', { schema: creating, config: closable }, async (request, reply) => {
    const { webhook, secret } = await createWebhook(traced(deps, request), signedIn(request), request.body);
    return authored(reply, webhook.version)
      .status(201)
      .header('location', locationOf(deps, `/webhooks/${webhook.id}`))
      .send({ ...presentWebhook(webhook, deps.clock.now()), secret });
  });
}

function endpointRoutes(app: App, deps: Deps): void {
  const reading = operation('getWebhook', 'Read an endpoint', {
    tags,
    params: idParams,
    sends: ['etag'],
    response: { 200: webhookSchema },
    errors: [401, 403, 404],
  });
  app.get('/webhooks/:id', { schema: reading, config }, async (request, reply) => {
    const webhook = await findWebhook(deps.db, request.params.id);
    if (!webhook) throw notFound('Webhook');
    return authored(reply, webhook.version).send(presentWebhook(webhook, deps.clock.now()));
  });

  const changing = operation('updateWebhook', 'Change an endpoint', {
    tags,
    description:
      'Events that happen while it is not active are not sent; what waited then goes on when it is active again. Another address or other events need a sign-in of late: 403 `step_up_required`.',
    params: idParams,
    body: webhookPatch,
    sends: ['etag'],
    response: { 200: webhookSchema },
    errors: [400, 401, 403, 404, 412],
  });
  const redirecting = { ...config, needsStepUp: hasAny('url', 'events') };
  app.patch('/webhooks/:id', { schema: changing, config: redirecting }, async (request, reply) => {
    const webhook = await changeWebhook(
      traced(deps, request),
      request.params.id,
      request.body,
      ifMatch(request),
    );
    return authored(reply, webhook.version).send(presentWebhook(webhook, deps.clock.now()));
  });

  const deleting = operation('deleteWebhook', 'Delete an endpoint', {
    tags,
    params: idParams,
    response: { 204: noContent },
    errors: [401, 403, 404, 412],
  });
  app.delete('/webhooks/:id', { schema: deleting, config }, async (request, reply) => {
    await removeWebhook(traced(deps, request), request.params.id, ifMatch(request));
    return reply.status(204).send();
  });

  const rotating = operation('rotateWebhookSecret', 'Give an endpoint a new secret', {
    tags,
    description: 'The old one signs as well for 24 hours: two signatures in `webhook-signature`.',
    params: idParams,
    response: { 201: secretSchema },
    errors: [401, 403, 404],
  });
  app.post('/webhooks/:id/secret', { schema: rotating, config: sending }, async (request, reply) => {
    const { secret, previousUntil } = await rotateSecret(traced(deps, request), request.params.id);
    return reply.status(201).send({ secret, previousSecretExpiresAt: previousUntil.toISOString() });
  });
}
