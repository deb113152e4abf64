import type { Deps } from '#platform/deps.ts';
import { operation } from '#platform/http/operation.ts';
import { idParams } from '#platform/http/schema.ts';
import { traced } from '#platform/http/traced.ts';
import type { App } from '#platform/http/types.ts';
import { queueNames } from '#platform/jobs/definition.ts';
import { retryJob } from './commands/retry-job.ts';
import { presentJob, presentQueue } from './present.ts';
import { listJobs } from './queries/jobs.ts';
import { countQueues } from './queries/queues.ts';
import { jobListQuery, jobPage, jobSchema, queuePage } from './schemas.ts';

const tags = ['Operation'];
const config = { access: 'operation.view' } as const;

export function adminRoutes(app: App, deps: Deps): void {
  const queues = operation('listQueues', 'List the queues with their jobs by state', {
    tags,
    response: { 200: queuePage },
    errors: [401, 403],
  });
  // 2 statements.
  app.get('/admin/queues', { schema: queues, config }, async () => ({
    items: (await countQueues(deps.db, queueNames)).map(presentQueue),
    nextCursor: null,
  }));

  const jobs = operation('listJobs', 'List jobs that wait, run or have failed', {
    tags,
    description:
      'Completed jobs are counted with their queue and not listed. A failed one is kept for 30 days.',
    querystring: jobListQuery,
    response: { 200: jobPage },
    errors: [400, 401, 403],
  });
  // 2 statements, 3 with the total.
  app.get('/admin/jobs', { schema: jobs, config }, async (request) => {
    const { limit = 20, sort = '-createdAt', cursor, include, state, queue, job } = request.query;
    const withTotal = include?.includes('total') ?? false;
    const page = await listJobs(deps.db, { state, queue, job }, { limit, sort, cursor }, withTotal);
    return {
      items: page.rows.map(presentJob),
      nextCursor: page.nextCursor,
      ...(page.total && { total: page.total }),
    };
  });

  const retrying = operation('retryJob', 'Have a failed job tried again', {
    tags,
    description: 'Once more than it had tries. 409 `job_not_failed` for one that waits, runs or is done.',
    params: idParams,
    response: { 200: jobSchema },
    errors: [401, 403, 404, 409],
  });
  const managed = { access: 'operation.manage' } as const;
  app.post('/admin/jobs/:id/retry', { schema: retrying, config: managed }, async (request) =>
    presentJob(await retryJob(traced(deps, request), request.params.id)),
  );
}
