import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { verificationRequested, type VerificationReason } from '../events.ts';
import { issueEmailToken } from './issue-email-token.ts';

/** Makes a token for an address that is to be confirmed and announces it. A second time with the same id: nothing. */
export async function beginVerification(
  deps: Deps,
  { userId, tokenId, reason }: { userId: string; tokenId: string; reason: VerificationReason },
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    if (!(await issueEmailToken(deps, tx, { id: tokenId, userId, purpose: 'verification' }))) return;
    const data = { userId, tokenId, reason };
    await deps.events.publish(tx, fact(verificationRequested, null, deps.clock.now(), data));
  });
}
