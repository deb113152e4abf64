import type { Deps } from '#platform/deps.ts';
import { purgeNotifications } from '../queries/notifications.ts';
import { purgeTickets } from '../queries/tickets.ts';

const dayMs = 86_400_000;
const keptReadDays = 90;
const keptDays = 365;

/** Ends what nobody looks for any more, tickets that were never used included. Returns how many notifications. */
export async function purgeOld(deps: Deps): Promise<number> {
  const now = deps.clock.now();
  const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs);
  await purgeTickets(deps.db, now);
  return purgeNotifications(deps.db, { readBefore: daysAgo(keptReadDays), createdBefore: daysAgo(keptDays) });
}
