import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { purgeImportsJob, runImportJob } from './job-definitions.ts';
import { purgeImports } from './queries/imports.ts';

const keptMs = 90 * 86_400_000;

export const importJobs = [
  job<Deps, typeof runImportJob.payload>(runImportJob, async (deps, payload, run) => {
    // With the reader of CSV, which most workers never need.
    const { runImport } = await import('./commands/run-import.ts');
    await runImport(deps, payload, run);
  }),
  job<Deps, typeof purgeImportsJob.payload>(purgeImportsJob, async (deps) => {
    const imports = await purgeImports(deps.db, new Date(deps.clock.now().getTime() - keptMs));
    deps.log.info({ imports }, 'purged imports of long ago');
  }),
];
