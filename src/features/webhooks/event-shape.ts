import { Type } from 'typebox';
import type { PublicEventDefinition } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, integer, named, nullable, object, time } from '#platform/http/schema.ts';

const envelope = {
  id: Type.Unsafe<string>({
    ...id,
    description: 'The same in the feed, in `webhook-id`, and when sent again.',
  }),
  type: Type.String({ description: 'An open list: bear types that you do not know.' }),
  version: integer(1, 32_767),
  sequence: integer(1, Number.MAX_SAFE_INTEGER, { description: 'Rises with the time of publishing.' }),
  timestamp: Type.Unsafe<string>({ ...time, description: 'When it happened.' }),
  actorId: nullable(Type.Unsafe<string>({ ...id, description: 'Who did it; null: the system.' })),
};

/** Any event, as the feed answers it and webhooks carry it. */
export const eventSchema = named(
  'Event',
  object({ ...envelope, data: Type.Record(Type.String(), Type.Unknown()) }),
);

/** An event of one type, strictly. */
export function schemaOf({ type, version, data }: PublicEventDefinition) {
  return object({
    ...envelope,
    type: Type.Literal(type),
    version: Type.Literal(version),
    data,
  });
}

export function exampleOf({ type, version, example }: PublicEventDefinition) {
  return {
    id: '018f3c1e-f997-74b2-8698-c2d3e4f50617',
    type,
    version,
    sequence: 4711,
    timestamp: '2026-11-25T09:30:00.000Z',
    actorId: exampleIds.userId,
    data: example,
  };
}
