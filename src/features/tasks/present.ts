import type { TaskRow } from './queries/tasks.ts';

export function presentTask(row: TaskRow) {
  return {
    id: row.id,
    kind: row.kind,
    subjectId: row.subject_id,
    status: row.status,
    done: row.done,
    total: row.total,
    error: row.error_code === null ? null : { code: row.error_code, errors: row.errors },
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
  };
}
