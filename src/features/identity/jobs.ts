import type { Deps } from '#platform/deps.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';
import { purgeSessions } from './queries.ts';

export const purgeSessionsJob = defineJob({ name: 'identity.purge-sessions', queue: 'maintenance', payload: object({}) });

const keptDays = 7;

export const identityJobs = [
  job<Deps, typeof purgeSessionsJob.payload>(purgeSessionsJob, async (deps) => {
    const before = new Date(deps.clock.now().getTime() - keptDays * 86_400_000);
    const count = await purgeSessions(deps.db, before);
    deps.log.info({ count }, 'purged ended and expired sessions');
  }),
];
