import type { Db, Tx } from '#platform/db/database.ts';
import type { NotificationChannel, NotificationKind } from '../policy.ts';
import { listUnwilling } from '../queries/preferences.ts';

/** Those among these people who want to be told of this in this way. One statement, none for nobody. */
export async function listWanting(
  db: Db | Tx,
  kind: NotificationKind,
  channel: NotificationChannel,
  userIds: readonly string[],
): Promise<string[]> {
  if (userIds.length === 0) return [];
  const unwilling = new Set(await listUnwilling(db, { kind, channel, userIds }));
  return userIds.filter((id) => !unwilling.has(id));
}
