import { giveBackRoles } from '#features/identity/commands/give-back-roles.ts';
import { takeMemberships } from '#features/roles/commands/take-memberships.ts';
import type { Tx } from '#platform/db/database.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { deleteIdentities, listGivingIdentities, type LinkRow } from '../queries/identities.ts';
import { deleteProvider, lockProvider } from '../queries/providers.ts';
import { factsOf } from './provider-facts.ts';

const linksAtOnce = 10_000;

/**
 * Deletes a provider with the links of people to it, and what they gave: as many statements for ten thousand links as for
 * one. Sessions that came by it go on. 404, 412.
 */
export async function removeProvider(deps: Deps, id: string, versions: number[] | null): Promise<void> {
  await inTransaction(deps.db, async (tx) => {
    const provider = await lockProvider(tx, id);
    if (!provider) throw notFound('Provider');
    requireVersion(versions, provider.version);
    let links: LinkRow[];
    let lastId: string | undefined;
    do {
      links = await listGivingIdentities(tx, id, { afterId: lastId, limit: linksAtOnce });
      lastId = links.at(-1)?.id;
      await takeAllGiven(deps, tx, links);
    } while (links.length === linksAtOnce);
    while ((await deleteIdentities(tx, id, linksAtOnce)) === linksAtOnce);
    await deleteProvider(tx, id);
    await deps.audit.record(tx, { action: 'sso_provider.deleted', targetId: id, before: factsOf(provider) });
  });
}

/** What `takeGiven` does for one of them. */
async function takeAllGiven(deps: Deps, tx: Tx, links: readonly LinkRow[]): Promise<void> {
  if (links.length === 0) return;
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
