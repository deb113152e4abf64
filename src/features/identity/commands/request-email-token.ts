import type { AuditAction } from '#platform/audit/actions.ts';
import { emailKeyOf } from '#platform/auth/email-key.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { newId } from '#platform/ids.ts';
import type { JobDefinition } from '#platform/jobs/definition.ts';
import { addressDigest } from '../address-digest.ts';
import { beginPasswordResetJob, beginVerificationJob } from '../job-definitions.ts';
import { findUserByEmailKey } from '../queries/people.ts';

/** Has the address asked to confirm itself, where it belongs to somebody who has not done so. */
export async function requestVerification(deps: Deps, email: string): Promise<void> {
  const asking = { job: beginVerificationJob, action: 'email.verification_requested' } as const;
  await request(deps, email, asking, { reason: 'requested' });
}

/** Has a way to a new password sent to the address, where it belongs to somebody active. */
export async function requestPasswordReset(deps: Deps, email: string): Promise<void> {
  const asking = { job: beginPasswordResetJob, action: 'password.reset_requested' } as const;
  await request(deps, email, asking, {});
}

// What is to be done for whom is decided by a job: here a known address takes no more work, and no more time, than
// one that is nobody's, for which the job finds nobody.
async function request(
  deps: Deps,
  email: string,
  { job, action }: { job: JobDefinition; action: AuditAction },
  more: object,
): Promise<void> {
  const user = await findUserByEmailKey(deps.db, emailKeyOf(email));
  const payload = { userId: user?.id ?? newId(), tokenId: newId(), ...more };
  const after = { address: addressDigest(deps, email) };
  await inTransaction(deps.db, async (tx) => {
    await deps.jobs.enqueue(tx, job, payload);
    await deps.audit.record(tx, { action, by: null, targetId: user?.id ?? null, after });
  });
}
