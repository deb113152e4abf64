import type { Actor } from '#platform/auth/actor.ts';
import { inTransaction } from '#platform/db/transaction.ts';
import type { Deps } from '#platform/deps.ts';
import { notFound } from '#platform/errors.ts';
import { requireVersion } from '#platform/http/etag.ts';
import { lockUser, updateUser, type UserRow } from '../queries/people.ts';
import type { MePatch } from '../schemas.ts';
import { checkTimeZone } from './new-user.ts';

/** What people change of themselves. */
export async function updateMe(
  deps: Deps,
  actor: Actor,
  patch: MePatch,
  versions: number[] | null,
): Promise<UserRow> {
  checkTimeZone(patch.timeZone);
  return inTransaction(deps.db, async (tx) => {
    const user = await lockUser(tx, actor.userId);
    if (!user) throw notFound('Account');
    requireVersion(versions, user.version);
    const change = {
      ...(patch.name !== undefined && { name: patch.name.trim() }),
      ...(patch.locale !== undefined && { locale: patch.locale }),
      ...(patch.timeZone !== undefined && { time_zone: patch.timeZone }),
    };
    return updateUser(tx, actor.userId, change, deps.clock.now());
  });
}
