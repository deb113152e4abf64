import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { identityLinked } from '../events.ts';
import { findLink, hasOtherIdentityAt, insertIdentity, lockSubject } from '../queries/identities.ts';
import { findSubject } from '../queries/provisioned.ts';
import { dropIdentity } from './drop-identity.ts';

type Subject = { userId: string; providerId: string; subject: string };

/**
 * That nobody else of the provider's people has this account: addresses are given to others in time. `subject`: null where
 * the directory does not say who it is there. The account is locked. 409 `email_taken`.
 */
export async function requireNoOtherSubject(
  tx: Tx,
  of: Omit<Subject, 'subject'> & { subject: string | null },
): Promise<void> {
  if (!(await hasOtherIdentityAt(tx, of))) return;
  throw conflict('email_taken', 'An account here has this address, and somebody else there signs in to it.');
}

/**
 * Lets somebody whom a directory brought sign in by its provider from the first time on. Again is harmless. 409 where the
 * subject is another account's, or the account another subject's.
 */
export async function linkSubject(
  deps: Deps,
  tx: Tx,
  { userId, providerId, subject }: Subject,
): Promise<void> {
  await lockSubject(tx, providerId, subject);
  const found = await findSubject(tx, providerId, subject);
  if (found?.user_id === userId) return;
  if (found) throw conflict('conflict', 'Another account is signed in to by this externalId.');
  if (await hasOtherIdentityAt(tx, { userId, providerId, subject }))
    throw conflict('conflict', 'The account is signed in to by another externalId.');
  const now = deps.clock.now();
  const identityId = newId();
  await insertIdentity(tx, { id: identityId, userId, providerId, subject, now });
  const data = { userId, identityId, providerId, isNewAccount: false };
  await deps.events.publish(tx, fact(identityLinked, null, now, data));
  await deps.audit.record(tx, { action: 'identity.linked', targetId: userId, after: { providerId } });
}

/** Takes such a link away. Returns the sessions that came by it and have ended, to be told after the commit. */
export async function unlinkSubject(
  deps: Deps,
  tx: Tx,
  { userId, providerId, subject }: Subject,
): Promise<string[]> {
  await lockSubject(tx, providerId, subject);
  const found = await findSubject(tx, providerId, subject);
  if (found?.user_id !== userId) return [];
  const link = await findLink(tx, found.id);
  return link ? dropIdentity(deps, tx, link) : [];
}
