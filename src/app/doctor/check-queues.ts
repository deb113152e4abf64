import { countQueues } from '#features/admin/queries/queues.ts';
import type { Db } from '#platform/db/database.ts';
import { queueNames } from '#platform/jobs/definition.ts';
import { fine, failed, warning, type Finding } from './finding.ts';

const slowSeconds = 120;
const stuckSeconds = 900;

/** Whether jobs are taken, and whether some failed for good. */
export async function checkQueues(db: Db): Promise<Finding[]> {
  const queues = await countQueues(db, queueNames);
  const missing = queueNames.filter((name) => !queues.some((queue) => queue.name === name));
  if (missing.length > 0)
    return [failed('queues', `there is no queue ${missing.join(', ')}`, 'Run "lms migrate".')];
  return queues.map(({ name, ready, oldestReadySeconds, counts }) => {
    const age = Math.round(oldestReadySeconds);
    const detail = `${name}: ${ready} waiting, the oldest for ${age} s; ${counts.active} running, ${counts.failed} failed`;
    const start = `Is a worker running that takes "${name}" (lms worker, without --queues or with it)? More of them, or more --concurrency, if it cannot keep up.`;
    if (age >= stuckSeconds) return failed('queues', detail, start);
    if (age >= slowSeconds) return warning('queues', detail, start);
    if (counts.failed === 0) return fine('queues', detail);
    return warning(
      'queues',
      detail,
      `GET /admin/jobs?queue=${name}&state=failed says why; mend that, then try them again with POST /admin/jobs/{id}/retry.`,
    );
  });
}
