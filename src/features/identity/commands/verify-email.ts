import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { updateUser } from '../queries/people.ts';
import { markEmailTokenUsed } from '../queries/email-tokens.ts';
import { holdEmailToken } from './open-email-token.ts';

/** Takes the token as proof that its person reads the mail of their address. 400 `email_token_invalid`. */
export async function verifyEmail(deps: Deps, token: string): Promise<void> {
  const now = deps.clock.now();
  await inTransaction(deps.db, async (tx) => {
    const { id, user_id: userId } = await holdEmailToken(deps, tx, token, 'verification');
    await markEmailTokenUsed(tx, id, now);
    await updateUser(tx, userId, { email_verified_at: now }, now);
    await deps.audit.record(tx, { action: 'email.verified', by: { userId }, targetId: userId });
  });
}
