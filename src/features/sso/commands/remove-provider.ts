import { giveBackRoles } from '#features/identity/commands/give-back-roles.ts';
import { takeMemberships } from '#features/roles/commands/take-memberships.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { deleteIdentities, listGivingIdentities, type LinkRow } from '../queries/identities.ts';
import { deleteProvider, lockProvider, updateProvider } from '../queries/providers.ts';
import { factsOf } from './provider-facts.ts';

const linksAtOnce = 1_000;

/**
 * Deletes a provider with the links of people to it, and what they gave: first it is switched off, then its links go, a
 * thousand a transaction, so that nobody waits long for their own account; done again it goes on where it was
 * interrupted. Sessions that came by it go on. 404, 412.
 */
export async function removeProvider(deps: Deps, id: string, versions: number[] | null): Promise<void> {
  await inTransaction(deps.db, (tx) => switchOff(deps, tx, id, versions));
  while (!(await inTransaction(deps.db, (tx) => removePortion(deps, tx, id))));
}

/** Whether it was the last, with which the provider goes, too. */
async function removePortion(deps: Deps, tx: Tx, id: string): Promise<boolean> {
  // Nobody signs in by it meanwhile, nor has unseen since, where somebody switched it on again.
  const provider = await lockProvider(tx, id);
  if (!provider) throw notFound('Provider');
  if ((await removeLinks(deps, tx, id)) === linksAtOnce) return false;
  await deleteProvider(tx, id);
  await deps.audit.record(tx, { action: 'sso_provider.deleted', targetId: id, before: factsOf(provider) });
  return true;
}

async function switchOff(deps: Deps, tx: Tx, id: string, versions: number[] | null): Promise<void> {
  const provider = await lockProvider(tx, id);
  if (!provider) throw notFound('Provider');
  requireVersion(versions, provider.version);
  if (!provider.is_active) return;
  await updateProvider(tx, id, { is_active: false }, deps.clock.now());
  const [before, after] = [{ isActive: true }, { isActive: false }];
  await deps.audit.record(tx, { action: 'sso_provider.changed', targetId: id, before, after });
}

/** A portion of those that gave something, with what they gave. Returns how many. */
async function removeLinks(deps: Deps, tx: Tx, providerId: string): Promise<number> {
  const links = await listGivingIdentities(tx, providerId, linksAtOnce);
  if (links.length === 0) return 0;
  await takeAllGiven(deps, tx, links);
  await deleteIdentities(
    tx,
    links.map(({ id }) => id),
  );
  return links.length;
}

/** What `takeGiven` does for one of them. */
async function takeAllGiven(deps: Deps, tx: Tx, links: readonly LinkRow[]): Promise<void> {
  const ofEach = (ids: (link: LinkRow) => string[]) =>
    links.flatMap((link) => ids(link).map((id) => ({ id, userId: link.user_id })));
  await takeMemberships(deps, tx, {
    roles: ofEach((link) => link.given_role_ids),
    groups: ofEach((link) => link.given_group_ids),
  });
  const roles = links.flatMap(({ user_id: userId, given_role: from, role_before: to }) =>
    from !== null && to !== null ? [{ userId, from, to }] : [],
  );
  await giveBackRoles(deps, tx, roles);
}
