import type { Deps } from '#platform/deps.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';
import { purgeUploads, sweep } from './commands/sweep.ts';

/** Hourly: announced uploads that expired, whose bytes count for their owners’ quotas until then. */
export const purgeUploadsJob = defineJob({
  name: 'files.purge-uploads',
  queue: 'maintenance',
  payload: object({}),
});

/** Nightly: what nothing uses, bytes without a row, rows without bytes. */
export const sweepFilesJob = defineJob({ name: 'files.sweep', queue: 'maintenance', payload: object({}) });

export const fileJobs = [
  job<Deps, typeof purgeUploadsJob.payload>(purgeUploadsJob, async (deps) => {
    const uploads = await purgeUploads(deps);
    if (uploads > 0) deps.log.info({ uploads }, 'purged uploads that were not completed');
  }),
  job<Deps, typeof sweepFilesJob.payload>(sweepFilesJob, async (deps, _payload, { signal }) => {
    const swept = await sweep(deps, signal);
    deps.log.info(swept, 'swept the store of files');
  }),
];
