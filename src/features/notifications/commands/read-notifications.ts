import type { Actor } from '#platform/auth/actor.ts';
import type { Deps } from '#platform/deps.ts';
import { invalid } from '#platform/errors.ts';
import { countUnread, markRead } from '../queries/notifications.ts';

export type WhichToRead = {
  ids?: string[] | undefined;
  upTo?: string | undefined;
  all?: true | undefined;
};

/** Marks a person's own as read; the first time stays. Answers how many are unread then. 400 unless one way is named. */
export async function readNotifications(
  deps: Deps,
  actor: Actor,
  { ids, upTo, all }: WhichToRead,
): Promise<{ value: number; isCapped: boolean }> {
  if ([ids, upTo, all].filter((each) => each !== undefined).length !== 1) {
    throw invalid('The body is not valid.', [
      { path: '', code: 'one_of', message: 'Give ids, upTo or all, and one of them alone.' },
    ]);
  }
  const which = ids ? { ids } : upTo === undefined ? 'all' : { upToId: upTo };
  await markRead(deps.db, actor.userId, which, deps.clock.now());
  return countUnread(deps.db, actor.userId);
}
