import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict, notFound } from '#platform/errors.ts';
import { queueNames } from '#platform/jobs/definition.ts';
import { findQueueOf, getJob, type JobRow } from '../queries/jobs.ts';

/** Has a failed job tried once more. Throws 404, 409 `job_not_failed`. */
export async function retryJob(deps: Deps, id: string): Promise<JobRow> {
  return inTransaction(deps.db, async (tx) => {
    const queue = await findQueueOf(tx, id, queueNames);
    if (!queue) throw notFound('Job');
    if (!(await deps.jobs.retry(tx, queue, id))) {
      throw conflict('job_not_failed', 'Only a job that failed for good can be tried again.');
    }
    const job = await getJob(tx, queue, id);
    const name = typeof job.data?.job === 'string' ? job.data.job : null;
    await deps.audit.record(tx, { action: 'job.retried', targetId: id, after: { queue, job: name } });
    return job;
  });
}
