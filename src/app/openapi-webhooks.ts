import { exampleOf, schemaOf } from '#features/webhooks/event-shape.ts';
import type { EventCatalogue, PublicEventDefinition } from '#platform/events.ts';
import { named } from '#platform/http/schema.ts';
import type { Json } from './openapi-names.ts';

const header = (name: string, description: string): Json => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
});

/** What endpoints are sent, as `webhooks` of OpenAPI 3.1: a request for each type of event. */
export function describeWebhooks(catalogue: EventCatalogue): Json {
  return Object.fromEntries(catalogue.public.map((event) => [event.type, { post: requestOf(event) }]));
}

function requestOf(event: PublicEventDefinition): Json {
  const words = event.type.split(/[._]/).map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`);
  const name = `${words.join('')}Event`;
  return {
    operationId: `on${name}`,
    summary: event.type,
    description: event.description,
    tags: ['Webhooks'],
    security: [{}],
    parameters: [
      header('webhook-id', 'The `id` of the event: the same when it is sent again.'),
      header('webhook-timestamp', 'When this attempt was made, in seconds since 1970.'),
      header('webhook-signature', '`v1,` and the HMAC-SHA256 in base64; several are parted by a blank.'),
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: named(name, schemaOf(event)), example: exampleOf(event) } },
    },
    responses: {
      '2XX': { description: 'Taken.' },
      '410': { description: 'Nothing more is wanted: the endpoint is disabled.' },
    },
  };
}
