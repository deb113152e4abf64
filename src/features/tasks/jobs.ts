import { daysBefore } from '#platform/db/purging.ts';
import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { purgeTasksJob } from './job-definitions.ts';
import { failLost, purgeFinished } from './queries/purging.ts';

// Longer than any job is tried again.
const lostAfterDays = 2;

export const taskJobs = [
  job<Deps, typeof purgeTasksJob.payload>(purgeTasksJob, async (deps, _payload, { signal }) => {
    const now = deps.clock.now();
    const lost = await failLost(deps.db, { before: daysBefore(now, lostAfterDays), now }, signal);
    // A day more than what came of a task is kept.
    const keptDays = deps.config.taskRetentionDays + 1;
    const purged = await purgeFinished(deps.db, daysBefore(now, keptDays), signal);
    deps.log.info({ lost, purged }, 'gave up tasks whose jobs were lost, and purged those of long ago');
  }),
];
