import type { Deps } from '#platform/deps.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';
import { purgeSessions, purgeUsedRefreshTokens } from './queries.ts';

export const purgeSessionsJob = defineJob({
  name: 'identity.purge-sessions',
  queue: 'maintenance',
  payload: object({}),
});

const dayMs = 86_400_000;
const keptDays = 7;

export const identityJobs = [
  job<Deps, typeof purgeSessionsJob.payload>(purgeSessionsJob, async (deps) => {
    const now = deps.clock.now().getTime();
    const sessions = await purgeSessions(deps.db, new Date(now - keptDays * dayMs));
    const tokens = await purgeUsedRefreshTokens(
      deps.db,
      new Date(now - deps.config.refreshTokenExpireDays * dayMs),
    );
    deps.log.info(
      { sessions, refreshes: tokens },
      'purged ended and expired sessions, and refresh tokens used long ago',
    );
  }),
];
