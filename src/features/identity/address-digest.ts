import { emailKeyOf } from '#platform/auth/email-key.ts';
import type { Deps } from '#platform/deps.ts';

/** What the audit trail keeps of an address that somebody typed: alike for alike ones, and nothing to guess it from. */
export function addressDigest({ encryption }: Pick<Deps, 'encryption'>, email: string): string {
  return encryption.macs(`audit/address:${emailKeyOf(email)}`)[0].toString('base64url');
}
