import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { fact } from '#platform/events.ts';
import { invitationIssued } from '../events.ts';
import { issueEmailToken } from './issue-email-token.ts';

/** Makes a token for a first password and announces it. A second time with the same id: nothing. */
export async function beginInvitation(
  deps: Deps,
  { userId, tokenId }: { userId: string; tokenId: string },
): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    if (!(await issueEmailToken(deps, tx, { id: tokenId, userId, purpose: 'invitation' }))) return;
    const data = { userId, tokenId };
    await deps.events.publish(tx, fact(invitationIssued, null, deps.clock.now(), data));
  });
}
