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
