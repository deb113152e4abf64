import { id, object } from '#platform/http/schema.ts';
import { defineJob } from '#platform/jobs/definition.ts';

/** Where archives are kept in the store of files. */
export const archivePrefix = 'exports/';

export const eraseDueJob = defineJob({
  name: 'privacy.erase-due',
  queue: 'maintenance',
  payload: object({}),
});

/** Nightly: accounts that were deactivated long ago, where the settings have them erased. */
export const eraseUnusedJob = defineJob({
  name: 'privacy.erase-unused',
  queue: 'maintenance',
  payload: object({}),
});

/** Writes an archive. Many gigabytes to a store that is slow take hours. */
export const makeExportJob = defineJob({
  name: 'privacy.make-export',
  queue: 'maintenance',
  payload: object({ exportId: id }),
  retryLimit: 4,
  expireInSeconds: 6 * 3_600,
});

/** Hourly: archives that expired. */
export const purgeExportsJob = defineJob({
  name: 'privacy.purge-exports',
  queue: 'maintenance',
  payload: object({}),
});
