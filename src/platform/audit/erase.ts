import type { Tx } from '#platform/db/database.ts';
import type { Audit } from './audit.ts';
import { eraseDetails } from './queries.ts';

/**
 * Takes addresses, programs and what changed out of every entry of what this person did or what concerns them, for good,
 * and records that. Who did what to whom, by ids, stays, and so does the chain. Returns of how many entries.
 */
export async function eraseAuditDetails(audit: Audit, tx: Tx, userId: string): Promise<number> {
  const [entryId = ''] = await audit.record(tx, { action: 'audit.details_erased', targetId: userId });
  return eraseDetails(tx, userId, entryId);
}
