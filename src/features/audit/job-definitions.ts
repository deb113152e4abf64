import { object } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';

/** Every minute: the next one does what this one could not. */
export const sealEntriesJob = defineJob({
  name: 'audit.seal',
  queue: 'maintenance',
  payload: object({}),
  retryLimit: 0,
});

/** Daily. */
export const tellHeadJob = defineJob({ name: 'audit.tell-head', queue: 'maintenance', payload: object({}) });

/** Daily. */
export const purgeEntriesJob = defineJob({
  name: 'audit.purge',
  queue: 'maintenance',
  payload: object({}),
  expireInSeconds: 3_600,
});
