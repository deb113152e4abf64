import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { purgeTasksJob } from './job-definitions.ts';
import { failLost, purgeFinished } from './queries/purging.ts';

const dayMs = 86_400_000;
// Longer than any job is tried again.
const lostAfterMs = 2 * dayMs;
/** A day more than what came of a task is kept. */
const keptMs = 91 * dayMs;

export const taskJobs = [
  job<Deps, typeof purgeTasksJob.payload>(purgeTasksJob, async (deps) => {
    const now = deps.clock.now();
    const lost = await failLost(deps.db, { before: new Date(now.getTime() - lostAfterMs), now });
    const purged = await purgeFinished(deps.db, new Date(now.getTime() - keptMs));
    deps.log.info({ lost, purged }, 'gave up tasks whose jobs were lost, and purged those of long ago');
  }),
];
