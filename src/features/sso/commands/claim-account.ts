import { dropOthersWays } from '#features/identity/commands/drop-ways.ts';
import type { Tx } from '#platform/db/database.ts';
import type { Deps } from '#platform/deps.ts';
import { listIdentitiesBefore } from '../queries/identities.ts';
import { dropIdentity } from './drop-identity.ts';

/**
 * Makes an account that was found by its address the account of whom somebody outside vouches for: whoever made it, or gave
 * it the address or a password, keeps no way into it. Links to providers that may be theirs go too. Returns the sessions that
 * ended, to be told after the commit.
 */
export async function claimAccount(
  deps: Deps,
  tx: Tx,
  { userId, exceptId = null }: { userId: string; exceptId?: string | null },
): Promise<string[]> {
  const { ownSince, ended } = await dropOthersWays(deps, tx, userId);
  for (const link of await listIdentitiesBefore(tx, { userId, exceptId, before: ownSince }))
    ended.push(...(await dropIdentity(deps, tx, link)));
  return ended;
}
