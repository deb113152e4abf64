import type { Deps } from '#platform/deps.ts';
import { failForgotten, purgedAtOnce, purgeMails } from '../queries/mails.ts';

const dayMs = 86_400_000;
const keptDays = 90;
/** Longer than the tries of one mail can last. */
const forgottenDays = 3;

/** Deletes mails of long ago, and ends those whose job is no more. */
export async function purgeOldMails(deps: Deps): Promise<{ purged: number; forgotten: number }> {
  const now = deps.clock.now();
  const before = (days: number) => new Date(now.getTime() - days * dayMs);
  const forgotten = await failForgotten(deps.db, before(forgottenDays), now);
  let purged = 0;
  for (let count = purgedAtOnce; count === purgedAtOnce; purged += count)
    count = await purgeMails(deps.db, before(keptDays));
  return { purged, forgotten };
}
