import { daysBefore } from '#platform/db/purging.ts';
import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { purgeImportsJob, runImportJob } from './job-definitions.ts';
import { purgeImports } from './queries/imports.ts';

export const importJobs = [
  job<Deps, typeof runImportJob.payload>(runImportJob, async (deps, payload, run) => {
    // With the reader of CSV, which most workers never need.
    const { runImport } = await import('./commands/run-import.ts');
    await runImport(deps, payload, run);
  }),
  job<Deps, typeof purgeImportsJob.payload>(purgeImportsJob, async (deps, _payload, { signal }) => {
    const before = daysBefore(deps.clock.now(), deps.config.taskRetentionDays);
    const imports = await purgeImports(deps.db, before, signal);
    deps.log.info({ imports }, 'purged imports of long ago');
  }),
];
