import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { eraseDue } from './commands/erase-due.ts';
import { eraseUnused } from './commands/erase-unused.ts';
import { purgeOldExports } from './commands/purge-exports.ts';
import { eraseDueJob, eraseUnusedJob, makeExportJob, purgeExportsJob } from './job-definitions.ts';

export const privacyJobs = [
  job<Deps, typeof eraseDueJob.payload>(eraseDueJob, (deps) => eraseDue(deps)),
  job<Deps, typeof eraseUnusedJob.payload>(eraseUnusedJob, async (deps) => {
    const found = await eraseUnused(deps);
    if (found > 0) deps.log.info({ found }, 'privacy: had accounts erased that were deactivated long ago');
  }),
  job<Deps, typeof makeExportJob.payload>(makeExportJob, async (deps, payload, run) => {
    // With the writer of archives, which most workers never need.
    const { makeExport } = await import('./commands/make-export.ts');
    await makeExport(deps, payload, run);
  }),
  job<Deps, typeof purgeExportsJob.payload>(purgeExportsJob, async (deps, _payload, { signal }) => {
    const purged = await purgeOldExports(deps, signal);
    if (Object.values(purged).some((count) => count > 0))
      deps.log.info(purged, 'privacy: removed archives that expired, and forgot exports of long ago');
  }),
];
