import type { Tx } from '#platform/db/database.ts';
import { refusalOfLosingWays } from '../policy.ts';
import { findOwnWays } from '../queries/people.ts';

/** Whether somebody can sign in by a provider. In the transaction, so that it stays so. */
export type HasLink = (tx: Tx, userId: string) => Promise<boolean>;

/** To be asked once a way to sign in was removed, the person locked. 409 `last_sign_in_way` where none is left. */
export async function requireWayLeft(tx: Tx, userId: string, hasLink: HasLink): Promise<void> {
  const own = await findOwnWays(tx, userId);
  const refusal = refusalOfLosingWays({ ...own, hasLink: await hasLink(tx, userId) });
  if (refusal) throw refusal;
}
