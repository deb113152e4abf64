import { defineEvent } from '#platform/events.ts';
import { id, object } from '#platform/http/schema.ts';

export const userRegistered = defineEvent('user.registered', object({ userId: id }));
