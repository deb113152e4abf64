import { isScimToken } from '#platform/auth/api-key.ts';
import type { Provisioner } from '#platform/auth/provisioner.ts';
import { hashToken } from '#platform/crypto.ts';
import type { Deps } from '#platform/deps.ts';
import { unauthenticated } from '#platform/errors.ts';
import { findConnectionInUse, noteUse } from '../queries/connections.ts';

/** The connection behind a token, as it is now. 401; 503 where the database cannot say. */
export async function authenticateProvisioner(
  { db, clock }: Pick<Deps, 'db' | 'clock'>,
  token: string,
): Promise<Provisioner> {
  const now = clock.now();
  const found = isScimToken(token) ? await findConnectionInUse(db, hashToken(token), now) : undefined;
  if (!found) throw unauthenticated('The token is unknown or expired, or its connection is switched off.');
  if (found.isUseToBeNoted) await noteUse(db, found.id, now);
  return { connectionId: found.id, providerId: found.provider_id, emailDomains: found.email_domains };
}
