import type { Deps } from '#platform/deps.ts';
import { object } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';
import { rollUpStatistics } from './commands/roll-up-statistics.ts';

export const rollUpStatisticsJob = defineJob({
  name: 'enrollments.roll-up-statistics',
  queue: 'progress',
  payload: object({}),
});

export const enrollmentJobs = [
  job<Deps, typeof rollUpStatisticsJob.payload>(rollUpStatisticsJob, async (deps) => {
    const mendedCount = await rollUpStatistics(deps);
    deps.log.info({ mendedCount }, 'rolled up the statistics of all courses');
  }),
];
