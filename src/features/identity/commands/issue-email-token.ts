import { hashToken } from '#platform/crypto.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { makeEmailToken, type EmailTokenPurpose } from '../email-token.ts';
import { invitationLifetimeMs } from '../invitation.ts';
import { findPasswordHash, lockUser } from '../queries/people.ts';
import { putEmailToken } from '../queries/email-tokens.ts';

const hourMs = 3_600_000;
/** How long a mailed token is good for. */
export const lifetimeMs: Readonly<Record<EmailTokenPurpose, number>> = {
  verification: 72 * hourMs,
  passwordReset: hourMs,
  invitation: invitationLifetimeMs,
};

/**
 * Makes the token of this id for a person; it takes the older one's place. False, and nothing is written, where the
 * person is not there, is deactivated, has no address or none that is left to confirm, has a password and is invited to
 * choose the first, or where the token was made before.
 */
export async function issueEmailToken(
  deps: Deps,
  tx: Tx,
  { id, userId, purpose }: { id: string; userId: string; purpose: EmailTokenPurpose },
): Promise<boolean> {
  const user = await lockUser(tx, userId);
  if (user?.status !== 'active' || user.email === null) return false;
  if (purpose === 'verification' && user.email_verified_at !== null) return false;
  const passwordHash = purpose === 'verification' ? null : await findPasswordHash(tx, userId);
  if (purpose === 'invitation' && passwordHash !== null) return false;
  const token = makeEmailToken(deps.encryption, {
    id,
    purpose,
    email: user.email,
    password_hash: passwordHash,
  });
  const now = deps.clock.now();
  return putEmailToken(tx, {
    id,
    user_id: userId,
    purpose,
    token_hash: hashToken(token),
    created_at: now,
    expires_at: new Date(now.getTime() + lifetimeMs[purpose]),
  });
}
