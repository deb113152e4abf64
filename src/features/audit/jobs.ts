import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { purgeEntries } from './commands/purge-entries.ts';
import { sealEntries } from './commands/seal-entries.ts';
import { tellHead } from './commands/tell-head.ts';
import { purgeEntriesJob, sealEntriesJob, tellHeadJob } from './job-definitions.ts';

export const auditJobs = [
  job<Deps, typeof sealEntriesJob.payload>(
    sealEntriesJob,
    async ({ db }, _, { signal }) => void (await sealEntries(db, signal)),
  ),
  job<Deps, typeof tellHeadJob.payload>(tellHeadJob, (deps) => tellHead(deps)),
  job<Deps, typeof purgeEntriesJob.payload>(purgeEntriesJob, async (deps, _, { signal }) => {
    const count = await purgeEntries(deps, signal);
    deps.log.info({ count }, 'purged entries of the audit trail');
  }),
];
