import { daysBefore } from '#platform/db/purging.ts';
import type { Deps } from '#platform/deps.ts';
import { purgeNotifications } from '../queries/notifications.ts';
import { purgeTickets } from '../queries/tickets.ts';

/** Ends what nobody looks for any more, tickets that were never used included. Returns how many notifications. */
export async function purgeOld(
  { db, config, clock }: Pick<Deps, 'db' | 'config' | 'clock'>,
  signal: AbortSignal,
): Promise<number> {
  const now = clock.now();
  await purgeTickets(db, now, signal);
  const readBefore = daysBefore(now, config.notificationReadRetentionDays);
  const createdBefore = daysBefore(now, config.notificationRetentionDays);
  return purgeNotifications(db, { readBefore, createdBefore }, signal);
}
