import { Type } from 'typebox';
import type { Deps } from '#platform/deps.ts';
import { id, object } from '#platform/http/schema.ts';
import { defineJob, job } from '#platform/jobs/definition.ts';
import { submitOverdue } from './commands/submit-overdue.ts';
import { graceSeconds } from './deadline.ts';
import { listOverdueAttempts } from './queries/attempts.ts';

/**
 * Submits one attempt when its time and grace are over; without an attempt, as the schedule sends it every minute,
 * all that are overdue: those whose own job came too early by another clock, or failed.
 */
export const submitOverdueJob = defineJob({
  name: 'assessments.submit-overdue',
  queue: 'progress',
  payload: object({ attemptId: Type.Optional(id) }),
});

const attemptsASweep = 1_000;

export const assessmentJobs = [
  job<Deps, typeof submitOverdueJob.payload>(submitOverdueJob, (deps, { attemptId }) =>
    attemptId === undefined ? sweep(deps) : submitOverdue(deps, attemptId),
  ),
];

/** One that fails does not hold up the others, but fails the job. */
async function sweep(deps: Deps): Promise<void> {
  const expiredBefore = new Date(deps.clock.now().getTime() - graceSeconds * 1000);
  const ids = await listOverdueAttempts(deps.db, expiredBefore, attemptsASweep);
  const errors: unknown[] = [];
  for (const id of ids) {
    await submitOverdue(deps, id).catch((error: unknown) => errors.push(error));
  }
  if (ids.length > 0) deps.log.info({ count: ids.length - errors.length }, 'submitted overdue attempts');
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} overdue attempts were not submitted.`);
}
