import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { conflict } from '#platform/errors.ts';
import { fact } from '#platform/events.ts';
import { newId } from '#platform/ids.ts';
import { identityLinked } from '../events.ts';
import { findLink, insertIdentity, lockSubject } from '../queries/identities.ts';
import { findSubject } from '../queries/provisioned.ts';
import { dropIdentity } from './drop-identity.ts';

type Subject = { userId: string; providerId: string; subject: string };

/**
 * Lets somebody whom a directory brought sign in by its provider from the first time on. Again is harmless. 409 where the
 * subject is another account's.
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
