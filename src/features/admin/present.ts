import { isUuid } from '#platform/ids.ts';
import type { JobRow } from './queries/jobs.ts';
import type { QueueRow } from './queries/queues.ts';

const maxErrorLength = 2_000;

export function presentQueue({ name, counts, completed, ready, oldestReadySeconds }: QueueRow) {
  return { name, counts: { ...counts, completed }, ready, oldestReadySeconds };
}

/** A job without what its payload may hold of persons. */
export function presentJob(row: JobRow) {
  return {
    id: row.id,
    queue: row.name,
    job: typeof row.data?.job === 'string' ? row.data.job : '',
    state: row.state,
    // The engine counts retries; a job that was never taken has had no try.
    attempts: row.started_on ? row.retry_count + 1 : 0,
    maxAttempts: row.retry_limit + 1,
    createdAt: row.created_on.toISOString(),
    startAfter: row.start_after.toISOString(),
    startedAt: row.started_on?.toISOString() ?? null,
    completedAt: row.completed_on?.toISOString() ?? null,
    error: row.error?.slice(0, maxErrorLength) ?? null,
    payload: idsOf(row.data?.payload),
  };
}

function idsOf(payload: unknown): Record<string, string> {
  const entries = Object.entries(typeof payload === 'object' && payload !== null ? payload : {});
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string' && isUuid(entry[1])),
  );
}
