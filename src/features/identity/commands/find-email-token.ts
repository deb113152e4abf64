import type { Deps } from '#platform/deps.ts';
import { remakeEmailToken, type EmailTokenPurpose } from '../email-token.ts';
import { findOpenEmailToken } from '../queries/email-tokens.ts';
import { isUnproven } from '../unproven.ts';

export type SendableToken = {
  token: string;
  purpose: EmailTokenPurpose;
  user: { id: string; email: string; name: string; locale: string };
  /** When somebody registered with the address, where nobody has confirmed it; else null. */
  registeredAt: Date | null;
};

/**
 * The token of this id and to whom it goes, for those who send it. Undefined where it has expired, was used or
 * replaced, or the person's address has changed or their account was deactivated since.
 */
export async function findEmailToken(
  deps: Pick<Deps, 'db' | 'encryption' | 'clock'>,
  id: string,
): Promise<SendableToken | undefined> {
  const row = await findOpenEmailToken(deps.db, id, deps.clock.now());
  if (!row || row.email === null) return undefined;
  const { purpose, user_id: userId, email, name, locale } = row;
  const token = remakeEmailToken(deps.encryption, row, row.token_hash);
  if (token === undefined) return undefined;
  const registeredAt = isUnproven(row) ? row.registered_at : null;
  return { token, purpose, user: { id: userId, email, name, locale }, registeredAt };
}
