import { object } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';

/** Nightly: forgets tasks that ended long ago, and gives up those whose job was lost. */
export const purgeTasksJob = defineJob({ name: 'tasks.purge', queue: 'maintenance', payload: object({}) });
