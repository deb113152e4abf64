import { timingSafeEqual } from 'node:crypto';
import { hashToken } from '#platform/crypto.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { AppError } from '#platform/errors.ts';
import { idOfEmailToken, remakeEmailToken, type EmailTokenPurpose } from '../email-token.ts';
import { findOpenEmailToken, lockOpenEmailToken } from '../queries/email-tokens.ts';

export type OpenEmailToken = NonNullable<Awaited<ReturnType<typeof findOpenEmailToken>>>;

/** What a token of this purpose, typed or clicked, stands for. Undefined for one that does not count (any more). */
export async function openEmailToken(
  deps: Deps,
  token: string,
  purpose: EmailTokenPurpose,
): Promise<OpenEmailToken | undefined> {
  return opened(deps, token, purpose, (id) => findOpenEmailToken(deps.db, id, deps.clock.now()));
}

/**
 * The same, and token and person stay as they are until the transaction ends: of two who come with one token the
 * second finds it used. Throws 400 `email_token_invalid`, alike for one that never was, has expired, was used, belongs
 * to another purpose or to an address or account that is no more.
 */
export async function holdEmailToken(
  deps: Deps,
  tx: Tx,
  token: string,
  purpose: EmailTokenPurpose,
): Promise<OpenEmailToken> {
  const row = await opened(deps, token, purpose, (id) => lockOpenEmailToken(tx, id, deps.clock.now()));
  if (!row) throw tokenInvalid();
  return row;
}

export function tokenInvalid(): AppError {
  return new AppError(
    400,
    'email_token_invalid',
    'This link is not valid, or no longer: it works once, and not for long. Ask for a new one.',
  );
}

async function opened(
  { encryption }: Pick<Deps, 'encryption'>,
  token: string,
  purpose: EmailTokenPurpose,
  find: (id: string) => Promise<OpenEmailToken | undefined>,
): Promise<OpenEmailToken | undefined> {
  const id = idOfEmailToken(token);
  const row = id === undefined ? undefined : await find(id);
  if (row?.purpose !== purpose || !timingSafeEqual(hashToken(token), row.token_hash)) return undefined;
  // Bound to what the person's address, and for a new password the old one, was when it was made.
  return remakeEmailToken(encryption, row, row.token_hash) === undefined ? undefined : row;
}
