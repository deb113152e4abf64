import { id, object, oneOf } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';

export const stages = ['dryRun', 'application'] as const;
export type Stage = (typeof stages)[number];

/** Goes through a file, from where it was left. */
export const runImportJob = defineJob({
  name: 'imports.run',
  queue: 'maintenance',
  payload: object({ importId: id, stage: oneOf(stages) }),
});

/** Nightly: forgets imports of long ago, with what became of their rows. */
export const purgeImportsJob = defineJob({
  name: 'imports.purge',
  queue: 'maintenance',
  payload: object({}),
});
