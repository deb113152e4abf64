import type { ImportRow, RunRow } from './queries/imports.ts';
import type { StoredRow } from './queries/rows.ts';

export function presentImport(row: ImportRow) {
  return {
    id: row.id,
    kind: row.kind,
    fileId: row.file_id,
    createdAt: row.created_at.toISOString(),
    dryRun: row.dry_run && presentRun(row.dry_run),
    application: row.application && presentRun(row.application),
  };
}

function presentRun(run: RunRow) {
  return {
    taskId: run.task_id,
    status: run.task_status,
    done: run.done,
    total: run.total,
    counts: {
      created: run.created_count,
      updated: run.updated_count,
      unchanged: run.unchanged_count,
      failed: run.failed_count,
    },
    error: run.error_code === null ? null : { code: run.error_code, errors: run.errors },
  };
}

export function presentRow(row: StoredRow) {
  return {
    line: row.line,
    status: row.status,
    errors: row.errors,
    userId: row.user_id,
    enrollmentId: row.enrollment_id,
  };
}
