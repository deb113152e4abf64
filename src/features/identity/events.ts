import { definePublicEvent } from '#platform/events.ts';
import { exampleIds } from '#platform/example-ids.ts';
import { id, object } from '#platform/http/schema.ts';

export const userRegistered = definePublicEvent('user.registered', object({ userId: id }), {
  description: 'An account was made, by the person or by an admin: `actorId` tells.',
  example: { userId: exampleIds.userId },
});
