import { followedEvent } from '#platform/events.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';

/**
 * Follows what people are told of. Among the quick jobs, and not among the mails: a mail server that hangs must not keep
 * a grade from the screen.
 */
export const notifyJob = defineJob({
  name: 'notifications.notify',
  queue: 'progress',
  payload: followedEvent,
});

/** Daily. */
export const purgeNotificationsJob = defineJob({
  name: 'notifications.purge',
  queue: 'maintenance',
  payload: object({}),
});
