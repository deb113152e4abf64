import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { issueCertificateJob, renderCertificateJob } from '../job-definitions.ts';
import { listUnissued, listUnrendered } from '../queries/missing.ts';

// A job in hand has this long before it is taken for lost; one too many is harmless, for issuing is exactly once.
const graceMs = 60 * 60_000;
const batchSize = 1_000;

/**
 * Enqueues the jobs of completions without a certificate and of certificates in force without a PDF, older than an
 * hour: at most 1,000 of each at a time. Returns how many.
 */
export async function enqueueMissing(deps: Deps): Promise<{ issueCount: number; renderCount: number }> {
  const before = new Date(deps.clock.now().getTime() - graceMs);
  const unissued = await listUnissued(deps.db, before, batchSize);
  const unrendered = await listUnrendered(deps.db, before, batchSize);
  await inTransaction(deps.db, async (tx) => {
    await deps.jobs.enqueueAll(tx, [
      ...unissued.map((payload) => ({ definition: issueCertificateJob, payload })),
      ...unrendered.map(({ id }) => ({
        definition: renderCertificateJob,
        payload: { certificateId: id, actorId: null },
      })),
    ]);
  });
  return { issueCount: unissued.length, renderCount: unrendered.length };
}
