import { object } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';

export const eraseDueJob = defineJob({
  name: 'privacy.erase-due',
  queue: 'maintenance',
  payload: object({}),
});
