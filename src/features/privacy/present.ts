import type { ExportRow } from './queries/data-exports.ts';
import type { ErasureRow } from './queries/erasures.ts';

export function presentErasure(row: ErasureRow) {
  return {
    id: row.id,
    status: statusOf(row),
    keepNameOnCertificates: row.keeps_name_on_certificates,
    requestedAt: row.requested_at.toISOString(),
    erasesAt: row.due_at.toISOString(),
  };
}

/** What anybody sees who has its number: nothing of the person. */
export function presentReceipt(row: ErasureRow) {
  return {
    id: row.id,
    status: statusOf(row),
    requestedAt: row.requested_at.toISOString(),
    erasedAt: row.erased_at?.toISOString() ?? null,
    rows: row.counts as Record<string, number> | null,
  };
}

function statusOf({ cancelled_at, erased_at }: ErasureRow): 'pending' | 'cancelled' | 'erased' {
  if (erased_at) return 'erased';
  return cancelled_at ? 'cancelled' : 'pending';
}

type ExportStatus = 'queued' | 'running' | 'ready' | 'expired' | 'failed' | 'cancelled';

/** `expired`: the archive is no more, by its time or by a newer one. */
export function statusOfExport(
  { ready_at, expires_at, store_key, task_status }: Omit<ExportRow, 'id'>,
  now: Date,
): ExportStatus {
  if (ready_at !== null)
    return store_key !== null && expires_at !== null && expires_at > now ? 'ready' : 'expired';
  return task_status === null || task_status === 'succeeded' ? 'failed' : task_status;
}

export function presentExport(row: ExportRow, now: Date) {
  return {
    id: row.id,
    taskId: row.task_id,
    status: statusOfExport(row, now),
    sizeBytes: row.size_bytes,
    requestedAt: row.requested_at.toISOString(),
    readyAt: row.ready_at?.toISOString() ?? null,
    expiresAt: row.expires_at?.toISOString() ?? null,
  };
}
