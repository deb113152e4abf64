import type { Deps } from '#platform/deps.ts';
import { job } from '#platform/jobs/definition.ts';
import { eraseDue } from './commands/erase-due.ts';
import { eraseDueJob } from './job-definitions.ts';

export const privacyJobs = [job<Deps, typeof eraseDueJob.payload>(eraseDueJob, (deps) => eraseDue(deps))];
